package sluice.gateway.doors.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.gateway.sessions.NotebookSessions.CannotStart;
import sluice.kernels.link.NodeProblem;
import sluice.migrations.DatabaseAway;

/// Turns what went wrong into an answer, in the words of the door it goes out of. What nobody foresaw is logged here,
/// once, and its details stay in the log.
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private record Problem(int status, String reason, Map<String, String> more) {
        Problem(int status, String reason) {
            this(status, reason, Map.of());
        }
    }

    /// A refusal by the web's own rules rather than by a room of ours.
    public static final class HttpRefusal extends RuntimeException {
        private final int status;

        public HttpRefusal(int status, String reason) {
            super(reason, null, false, false);
            this.status = status;
        }
    }

    private Problems() {}

    public static Answer answer(Throwable failure, Shape shape) {
        var problem = problem(failure);
        var answer = worded(problem, shape);
        return switch (problem.status()) {
            case 503 -> answer.with("Retry-After", "2");
            case 426 -> answer.with("Upgrade", "websocket").with("Sec-WebSocket-Version", "13");
            case 429 -> answer.with("Retry-After", "60");
            default -> answer;
        };
    }

    private static Problem problem(Throwable failure) {
        return switch (failure) {
            case Refused refused -> new Problem(status(refused.kind()), refused.reason());
            case HttpRefusal refusal -> new Problem(refusal.status, String.valueOf(refusal.getMessage()));
            case CannotStart cannot -> new Problem(501, cannot.reason(), Map.of("short_message", cannot.shortReason()));
            case NodeAway away -> new Problem(503, away.reason());
            case NodeProblem problem -> new Problem(status(problem.code()), problem.reason());
            case Throwable other
            when DatabaseAway.isBehind(other) ->
                new Problem(503, "The database does not answer now; nothing is lost, try again shortly");
            default -> {
                LOG.error("request failed", failure);
                yield new Problem(500, "Something went wrong inside the gateway; its log says what");
            }
        };
    }

    private static int status(Refused.Kind kind) {
        return switch (kind) {
            case BAD_REQUEST -> 400;
            case NOT_SIGNED_IN -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case GONE -> 410;
            case PRECONDITION_FAILED -> 412;
        };
    }

    private static int status(String nodeCode) {
        return switch (nodeCode) {
            case "unknown-kernel", "unknown-spec", "unknown-app" -> 404;
            case "bad-request" -> 400;
            case "limit" -> 403;
            case "busy" -> 409;
            default -> 500; // bad-spec and launch-failed carry the words the user needs
        };
    }

    private static Answer worded(Problem problem, Shape shape) {
        var phrase = phrase(problem.status());
        return switch (shape) {
            case JUPYTER -> {
                var body = new LinkedHashMap<String, Object>();
                body.put("message", problem.reason());
                body.put("reason", phrase);
                body.putAll(problem.more());
                yield Answer.json(problem.status(), body);
            }
            case PROBLEM -> {
                var body = new LinkedHashMap<String, Object>();
                body.put("type", "about:blank");
                body.put("title", phrase);
                body.put("status", problem.status());
                body.put("detail", problem.reason());
                var json = Answer.json(problem.status(), body);
                yield new Answer(
                        json.status(), "application/problem+json", json.body(), json.headers(), json.cookies(), null);
            }
            case PAGE -> Pages.refusal(problem.status(), phrase, Words.plain(problem.reason(), 500));
        };
    }

    static String phrase(int status) {
        return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
