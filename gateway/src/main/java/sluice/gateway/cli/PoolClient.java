package sluice.gateway.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A pool's REST, as the commands use it.
final class PoolClient {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI pool;
    private final String token;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    PoolClient(URI pool, String token) {
        this.pool = pool;
        this.token = token;
    }

    URI pool() {
        return pool;
    }

    JsonNode get(String path) throws InterruptedException {
        return send("GET", path, null, null);
    }

    JsonNode post(String path, Object body) throws InterruptedException {
        return send("POST", path, body, null);
    }

    JsonNode patch(String path, Object body) throws InterruptedException {
        return send("PATCH", path, body, null);
    }

    JsonNode put(String path, Object body) throws InterruptedException {
        return send("PUT", path, body, null);
    }

    /// Only if it still has the version that the caller saw.
    JsonNode put(String path, Object body, long version) throws InterruptedException {
        return send("PUT", path, body, version);
    }

    JsonNode delete(String path) throws InterruptedException {
        return send("DELETE", path, null, null);
    }

    /// @throws CannotDo in the pool's words
    private JsonNode send(String method, String path, @Nullable Object body, @Nullable Long version)
            throws InterruptedException {
        var content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        var building = HttpRequest.newBuilder(URI.create(pool + path))
                .method(method, content)
                .header("Authorization", "token " + token)
                .header("Content-Type", "application/json")
                .timeout(PATIENCE);
        if (version != null) building.header("If-Match", "\"" + version + '"');
        try {
            var response = http.send(building.build(), BodyHandlers.ofByteArray());
            if (response.statusCode() >= 400) throw refused(response.statusCode(), response.body());
            return response.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(response.body());
        } catch (HttpTimeoutException e) {
            throw new CannotDo("%s does not answer".formatted(pool));
        } catch (ConnectException e) {
            throw new CannotDo("nobody listens at %s; is the pool running? (sluice up)".formatted(pool));
        } catch (JacksonException e) {
            throw new CannotDo("%s does not answer like a Sluice pool".formatted(pool));
        } catch (IOException e) {
            throw new CannotDo("cannot talk to %s: %s".formatted(pool, e));
        }
    }

    private CannotDo refused(int status, byte[] body) {
        try {
            var problem = JSON.readTree(body);
            var words = problem.path("detail").asString(problem.path("message").asString(""));
            if (!words.isEmpty()) return new CannotDo(words);
        } catch (JacksonException e) {
            // Then it was not one of ours that answered.
        }
        return new CannotDo("%s answers with status %d".formatted(pool, status));
    }
}
