package sluice.kernels.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A kernel's connection file.
/// @param transport `ipc` or `tcp`
/// @param ip an address, or for ipc the path that `-{port}` is appended to, as the kernel sees it
/// @param host where we find the same: another path when the kernel's sandbox mounts its folder elsewhere. Not
///     written to the file
/// @see <https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files>
public record ConnectionInfo(
        String transport,
        String ip,
        int shellPort,
        int iopubPort,
        int stdinPort,
        int controlPort,
        int hbPort,
        String signatureScheme,
        String key,
        String kernelName,
        String host) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ConnectionInfo {
        if (!transport.equals("ipc") && !transport.equals("tcp"))
            throw new IllegalArgumentException("transport must be ipc or tcp: " + transport);
    }

    /// Unix sockets `{ip}-1` to `{ip}-5`.
    public static ConnectionInfo ipc(String ip, String key, String kernelName) {
        return new ConnectionInfo("ipc", ip, 1, 2, 3, 4, 5, "hmac-sha256", key, kernelName, ip);
    }

    /// The same kernel, found by us at another address or path.
    public ConnectionInfo withHost(String host) {
        return new ConnectionInfo(
                transport,
                ip,
                shellPort,
                iopubPort,
                stdinPort,
                controlPort,
                hbPort,
                signatureScheme,
                key,
                kernelName,
                host);
    }

    public int port(ChannelName channel) {
        return switch (channel) {
            case SHELL -> shellPort;
            case IOPUB -> iopubPort;
            case STDIN -> stdinPort;
            case CONTROL -> controlPort;
            case HB -> hbPort;
        };
    }

    /// Where we connect to.
    public SocketAddress endpoint(ChannelName channel) {
        return transport.equals("ipc")
                ? UnixDomainSocketAddress.of(host + "-" + port(channel))
                : new InetSocketAddress(host, port(channel));
    }

    /// @throws IOException when it cannot be read or is no connection file
    public static ConnectionInfo read(Path file) throws IOException {
        try {
            return of(JSON.readTree(Files.readString(file)));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException(file + " is no connection file: " + e.getMessage(), e);
        }
    }

    private static ConnectionInfo of(JsonNode json) {
        var ip = text(json, "ip", null);
        return new ConnectionInfo(
                text(json, "transport", "tcp"),
                ip,
                port(json, "shell_port"),
                port(json, "iopub_port"),
                port(json, "stdin_port"),
                port(json, "control_port"),
                port(json, "hb_port"),
                text(json, "signature_scheme", "hmac-sha256"),
                text(json, "key", ""),
                text(json, "kernel_name", ""),
                ip);
    }

    /// What the kernel reads.
    public String json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("transport", transport);
        fields.put("ip", ip);
        fields.put("shell_port", shellPort);
        fields.put("iopub_port", iopubPort);
        fields.put("stdin_port", stdinPort);
        fields.put("control_port", controlPort);
        fields.put("hb_port", hbPort);
        fields.put("signature_scheme", signatureScheme);
        fields.put("key", key);
        fields.put("kernel_name", kernelName);
        return JSON.writeValueAsString(fields);
    }

    /// The key stays out of logs.
    @Override
    public String toString() {
        return transport + "://" + host + " shell " + shellPort + ", iopub " + iopubPort;
    }

    private static int port(JsonNode json, String field) {
        var node = json.get(field);
        if (node == null || !node.isIntegralNumber()) throw new IllegalArgumentException(field + " is missing");
        return node.intValue();
    }

    private static String text(JsonNode json, String field, @Nullable String otherwise) {
        var node = json.get(field);
        if (node != null && node.isString()) return node.stringValue();
        return Objects.requireNonNull(otherwise, field + " is missing");
    }
}
