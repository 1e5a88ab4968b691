package sluice.kernels.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.AppModel;
import sluice.kernels.link.Orders.AppRef;
import sluice.kernels.link.Orders.OpenDial;
import sluice.kernels.link.Orders.StartApp;

class LabTest {
    @BeforeAll
    static void jupyterlabIsInstalled() throws Exception {
        var look = new ProcessBuilder(TestNode.prefix().resolve("bin/python").toString(), "-c", "import jupyterlab")
                .redirectErrorStream(true)
                .start();
        look.getInputStream().readAllBytes();
        Assumptions.assumeTrue(look.waitFor() == 0, "no jupyterlab beside ipykernel (pip install jupyterlab)");
    }

    @Test
    void aPersonsLabShowsTheirFilesToWhoHasItsTokenOnly() throws Exception {
        try (var node = new TestNode("auto")) {
            var lab = start(node, "alice");
            assertThat(lab.state()).isEqualTo("running");
            assertThat(start(node, "alice").token()).isEqualTo(lab.token());
            Files.writeString(node.data.resolve("homes/alice/hello.txt"), "hi");
            assertThat(get(node, "api/contents", "token " + lab.token()))
                    .startsWith("HTTP/1.1 200")
                    .contains("hello.txt");
            assertThat(get(node, "api/contents", "token wrong")).startsWith("HTTP/1.1 403");
            var page = get(node, "lab", "token " + lab.token());
            assertThat(page).startsWith("HTTP/1.1 200").contains("\"baseUrl\": \"/user/alice/\"");
            assertThat(page).doesNotContain(lab.token());
            assertThat(page).contains("apputils-extension:announcements", "\"buildCheck\": false");
        }
    }

    @Test
    void aLabOutlivesTheNodeAndEndsWhenItIsTold() throws Exception {
        try (var node = new TestNode("auto")) {
            var lab = start(node, "alice");
            node.reopen();
            assertThat((List<?>) node.call(Orders.APP_LIST, Map.of())).hasSize(1);
            assertThat(start(node, "alice").token()).isEqualTo(lab.token());
            assertThat(get(node, "api", "")).startsWith("HTTP/1.1 200");
            node.call(Orders.APP_STOP, new AppRef("lab-alice"));
            assertThat((List<?>) node.call(Orders.APP_LIST, Map.of())).isEmpty();
            assertThatThrownBy(() -> get(node, "api", "")).hasMessageContaining("does not run");
            assertThat(Objects.requireNonNull(
                            node.data.resolve("run/p").toFile().list()))
                    .isEmpty();
        }
    }

    private static AppModel start(TestNode node, String owner) throws Exception {
        return (AppModel) Objects.requireNonNull(node.call(
                Orders.APP_START, new StartApp("lab-" + owner, owner, "lab", "/user/" + owner + "/", Map.of())));
    }

    private static String get(TestNode node, String path, String authorization) throws Exception {
        try (var channel = node.desk().dial(new OpenDial("dial", "lab-alice"))) {
            channel.write(ByteBuffer.wrap(("GET /user/alice/%s HTTP/1.1\r\nHost: pool.example\r\nConnection: close\r\n"
                            + "Authorization: %s\r\n\r\n")
                    .formatted(path, authorization)
                    .getBytes(UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }
}
