package sluice.kernels.specs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// An installed kernel: its folder and what its `kernel.json` says,
/// see <https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs>.
/// @param prefix the environment it is installed in, or null
/// @param metadata free words; ours are `sluice` (`{"transport": "tcp"}`) and `cull_idle_timeout`
public record KernelSpec(
        String name,
        Path folder,
        @Nullable Path prefix,
        List<String> argv,
        Map<String, String> env,
        String displayName,
        String language,
        String interruptMode,
        Map<String, Object> metadata,
        @Nullable String protocolVersion) {

    /// Why a spec cannot be used.
    static final class Broken extends Exception {
        Broken(String reason) {
            super(reason);
        }
    }

    /// `kernel.json` as far as we know it.
    private record File(
            @Nullable List<String> argv,
            @Nullable Map<String, String> env,
            @Nullable String display_name,
            @Nullable String language,
            @Nullable String interrupt_mode,
            @Nullable Map<String, Object> metadata,
            @Nullable String kernel_protocol_version) {}

    static KernelSpec read(String name, Path folder, @Nullable Path prefix) throws Broken {
        var file = folder.resolve("kernel.json");
        try {
            var json = JsonMapper.shared().readValue(Files.readAllBytes(file), File.class);
            if (json == null) throw new Broken(file + ": is null");
            return of(name, folder, prefix, json);
        } catch (IOException e) {
            throw new Broken("%s cannot be read: %s".formatted(file, e.getMessage()));
        } catch (JacksonException e) {
            throw new Broken("%s, %s: %s".formatted(file, place(e), words(e)));
        }
    }

    private static KernelSpec of(String name, Path folder, @Nullable Path prefix, File json) throws Broken {
        var argv = json.argv();
        if (argv == null || argv.isEmpty() || argv.contains(null))
            throw new Broken(folder + "/kernel.json: \"argv\" must be a list of strings");
        var interrupt = Objects.requireNonNullElse(json.interrupt_mode(), "signal");
        if (!interrupt.equals("signal") && !interrupt.equals("message"))
            throw new Broken("%s/kernel.json: \"interrupt_mode\" must be signal or message, not %s"
                    .formatted(folder, interrupt));
        return new KernelSpec(
                name,
                folder,
                prefix,
                List.copyOf(argv),
                Objects.requireNonNullElse(json.env(), Map.of()),
                Objects.requireNonNullElse(json.display_name(), name),
                Objects.requireNonNullElse(json.language(), ""),
                interrupt,
                Objects.requireNonNullElse(json.metadata(), Map.of()),
                json.kernel_protocol_version());
    }

    /// Without the parser's remarks on where it has been.
    private static String words(JacksonException e) {
        return String.valueOf(e.getOriginalMessage()).replaceAll("(?s) ?\\((start marker|for Object).*|\n.*", "");
    }

    private static String place(JacksonException e) {
        var at = e.getLocation();
        return at == null ? "somewhere" : "line " + at.getLineNr();
    }

    /// What clients are told.
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("argv", argv);
        json.put("env", env);
        json.put("display_name", displayName);
        json.put("language", language);
        json.put("interrupt_mode", interruptMode);
        json.put("metadata", metadata);
        if (protocolVersion != null) json.put("kernel_protocol_version", protocolVersion);
        return json;
    }

    public boolean interruptsByMessage() {
        return interruptMode.equals("message");
    }

    /// `ipc` unless the kernel says that it can only do `tcp`.
    public String transport() {
        return metadata.get("sluice") instanceof Map<?, ?> ours && "tcp".equals(ours.get("transport")) ? "tcp" : "ipc";
    }
}
