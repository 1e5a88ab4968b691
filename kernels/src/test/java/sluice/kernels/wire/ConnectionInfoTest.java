package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionInfoTest {
    @TempDir
    Path folder;

    @Test
    void theFileIsJupytersAndTheHostPathStaysHere() throws Exception {
        var info = ConnectionInfo.ipc("/run/k", "key", "python3").withHost("/tmp/x/k");
        var file = Files.writeString(folder.resolve("c.json"), info.json());
        assertThat(info.json()).doesNotContain("/tmp/x").contains("\"shell_port\":1", "\"signature_scheme\"");
        assertThat(ConnectionInfo.read(file).withHost("/tmp/x/k")).isEqualTo(info);
        assertThat(info.endpoint(ChannelName.CONTROL)).isEqualTo(UnixDomainSocketAddress.of("/tmp/x/k-4"));
        assertThat(info.toString()).doesNotContain("key");
    }

    @Test
    void tcpHasPorts() throws Exception {
        var file = Files.writeString(folder.resolve("c.json"), """
                {"ip":"127.0.0.1","shell_port":5,"iopub_port":6,"stdin_port":7,"control_port":8,"hb_port":9,"key":"k"}""");
        assertThat(ConnectionInfo.read(file).endpoint(ChannelName.IOPUB))
                .isEqualTo(new InetSocketAddress("127.0.0.1", 6));
    }

    @Test
    void whatIsNoConnectionFileSaysWhy() throws Exception {
        var file = Files.writeString(folder.resolve("c.json"), "{\"ip\":\"x\"}");
        assertThatThrownBy(() -> ConnectionInfo.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("c.json is no connection file: shell_port is missing");
    }

    @Test
    void aSignatureIsPythons() {
        // hmac.new(b"key", b"abcd", hashlib.sha256).hexdigest()
        var signer = Signer.of(ConnectionInfo.ipc("x", "key", ""));
        var signed = "xabcdx".getBytes(UTF_8);
        var signature = signer.sign(signed, 1, 5);
        assertThat(new String(signature, UTF_8))
                .isEqualTo("2a31ec0ee8d878c9eece9fb0df79b3b90b2256240163aa5ee50d176d3d1121f8");
        assertThat(signer.verify(signature, signed, 1, 5)).isTrue();
        assertThat(signer.verify(signature, signed, 0, 5)).isFalse();
        assertThat(Signer.of(ConnectionInfo.ipc("x", "", "")).sign(signed, 0, 3))
                .isEmpty();
    }
}
