package sluice.gateway.up;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import sluice.gateway.Listening;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a gateway's `/health` whether all of the pool is there.
final class Probe {
    private static final JsonMapper JSON = JsonMapper.shared();

    /// @return what is missing, as a noun, or null
    @Nullable
    String missingAt(Listening gateway) {
        try {
            var connection = (HttpURLConnection)
                    URI.create(gateway.url() + "/health").toURL().openConnection();
            connection.setConnectTimeout(2000);
            connection.setReadTimeout(5000);
            if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) return null;
            try (var body = connection.getErrorStream()) {
                return missing(body);
            }
        } catch (IOException notYet) {
            return "the gateway";
        }
    }

    private static String missing(@Nullable InputStream body) throws IOException {
        if (body == null) return "the gateway";
        try {
            JsonNode health = JSON.readTree(body.readAllBytes());
            if (health.path("database").asString("").equals("away")) return "the database";
            if (health.path("node").asString("").equals("away")) return "the node";
        } catch (JacksonException e) {
            return "the gateway";
        }
        return "the gateway";
    }
}
