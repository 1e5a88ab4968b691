package sluice.gateway.doors.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

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
        return Json.bytes(tree());
    }

    /// The document, its repetitions (`*everywhere`) written out.
    public static Object tree() {
        var settings = LoadSettings.builder().setLabel("openapi.yaml").build();
        return new Load(settings).loadFromString(new String(yaml(), StandardCharsets.UTF_8));
    }
}
