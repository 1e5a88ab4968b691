package sluice.gateway.doors.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `openapi.yaml`, the contract of every HTTP door.
public final class Contract {
    private Contract() {}

    public static byte[] yaml() {
        try (var stream = Contract.class.getResourceAsStream("/openapi.yaml")) {
            if (stream == null) throw new IllegalStateException("the program was built without its openapi.yaml");
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read openapi.yaml", e);
        }
    }

    public static byte[] json() {
        return JsonMapper.shared().writeValueAsBytes(tree());
    }

    public static JsonNode tree() {
        return YAMLMapper.shared().readTree(yaml());
    }
}
