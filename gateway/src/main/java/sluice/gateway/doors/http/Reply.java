package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/// Puts an answer on the wire.
final class Reply {
    private final String policy;

    Reply(String basePath) {
        policy =
                "frame-ancestors 'self'; report-uri %s/api/security/csp-report; default-src 'none'".formatted(basePath);
    }

    void send(RoutingContext ctx, Answer answer) {
        var response = ctx.response();
        if (response.ended() || response.closed() || response.headWritten()) return;
        var request = ctx.request();
        response.setStatusCode(answer.status());
        var headers = response.headers();
        if (!answer.type().isEmpty()) headers.set("Content-Type", answer.type());
        headers.set("Content-Security-Policy", policy);
        headers.set("Cache-Control", "no-cache");
        answer.headers().forEach(headers::set);
        answer.cookies().forEach(cookie -> headers.add("Set-Cookie", cookie));
        var reads = request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (answer.status() == 200 && reads) {
            var own = answer.headers().get("ETag");
            var tag = own == null ? Tags.of(answer.body()) : own;
            headers.set("ETag", tag);
            if (Tags.matches(request.getHeader("If-None-Match"), tag)) {
                response.setStatusCode(304).end();
                return;
            }
        }
        if (!request.isEnded() && !Bodies.worthDraining(request)) {
            headers.set("Connection", "close");
            finish(ctx, answer).onComplete(done -> request.connection().close());
            return;
        }
        request.resume(); // what was not read is thrown away, so that the connection can serve the next request
        finish(ctx, answer);
    }

    private static Future<Void> finish(RoutingContext ctx, Answer answer) {
        var response = ctx.response();
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            response.headers().set("Content-Length", String.valueOf(answer.body().length));
            return response.end();
        }
        return answer.body().length == 0 ? response.end() : response.end(Buffer.buffer(answer.body()));
    }
}
