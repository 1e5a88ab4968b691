package sluice.kernels.apps;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import sluice.kernels.link.Orders.StartApp;
import sluice.kernels.sandbox.Room;
import sluice.kernels.sandbox.View;

/// How JupyterLab is started so that it is quiet and one person's.
final class Lab {
    static final String SOCKET = "lab.sock";
    private static final String CONFIG = "lab_config.py";

    /// No announcements, and nobody to ask about a build that will not be made.
    private static final String PAGE = """
            {"buildAvailable": false, "buildCheck": false,
             "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}
            """;

    private Lab() {}

    /// Writes what it reads at its start.
    static void furnish(Room room) throws IOException {
        room.put(CONFIG, resource(CONFIG));
        room.put("labconfig/page_config.json", PAGE);
    }

    static List<String> argv(StartApp order, View view, Path environment) {
        return List.of(
                environment.resolve("bin/python").toString(),
                "-m",
                "jupyterlab",
                "--config=" + view.room() + "/" + CONFIG,
                "--ServerApp.sock=" + view.room() + "/" + SOCKET,
                "--ServerApp.base_url=" + order.basePath());
    }

    static Map<String, String> environment(View view, String token, AppsConfig config) {
        return Map.of(
                "JUPYTER_CONFIG_PATH",
                view.room(),
                "JUPYTER_RUNTIME_DIR",
                view.room() + "/runtime",
                "SLUICE_APP_TOKEN",
                token,
                "SLUICE_APP_IDLE",
                Long.toString(config.idleTimeout().toSeconds()));
    }

    private static String resource(String name) {
        try (var in = Lab.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
