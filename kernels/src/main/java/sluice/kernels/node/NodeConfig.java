package sluice.kernels.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import sluice.kernels.KernelsConfig;
import sluice.kernels.apps.AppsConfig;
import sluice.kernels.line.LineLimits;
import sluice.kernels.sandbox.SandboxConfig;
import sluice.kernels.specs.SpecsConfig;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/// All a node needs to know, from one JSON file; what the file leaves out is as in [#defaults].
/// @param name the node's, for people
/// @param data its folder, which holds homes and outlives it
/// @param run its folder of sockets, with a short name
/// @param gpus which cards, as [sluice.metrics.gpu.Gpus#open] reads it
/// @param link the folder where the gateway's sockets are
public record NodeConfig(
        String name,
        Path data,
        Path run,
        Path link,
        String gpus,
        SpecsConfig specs,
        SandboxConfig sandbox,
        KernelsConfig kernels,
        LineLimits line,
        AppsConfig apps) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationWords()))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /// For a node with its data there.
    /// @param env what the node was started with; Jupyter's own variables say where kernels are
    public static NodeConfig defaults(Path data, Map<String, String> env) {
        return new NodeConfig(
                "local",
                data,
                data.resolve("run"),
                data.resolve("run"),
                "none",
                SpecsConfig.of(env),
                SandboxConfig.DEFAULTS,
                KernelsConfig.DEFAULTS,
                LineLimits.DEFAULT,
                AppsConfig.DEFAULTS);
    }

    /// Reads the file; `data` is the one key it must have.
    /// @throws IOException with words that name the file, the key and what is wrong
    public static NodeConfig read(Path file, Map<String, String> env) throws IOException {
        try {
            if (!(JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode given))
                throw new IOException(file + " must hold a JSON object");
            if (!(given.get("data") instanceof JsonNode data) || !data.isString())
                throw new IOException(file + " must name the node's folder: \"data\"");
            var merged = (ObjectNode) JSON.valueToTree(defaults(Path.of(data.stringValue()), env));
            merge(merged, given);
            return JSON.treeToValue(merged, NodeConfig.class);
        } catch (NoSuchFileException e) {
            throw new IOException("There is no configuration file " + file, e);
        } catch (DatabindException e) {
            var place = e.getPath().stream()
                    .map(step -> step.getPropertyName() == null ? "" + step.getIndex() : step.getPropertyName())
                    .collect(Collectors.joining("."));
            throw new IOException("%s, %s: %s".formatted(file, place, e.getOriginalMessage()), e);
        } catch (JacksonException e) {
            throw new IOException(
                    "%s, line %d: %s".formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()), e);
        }
    }

    /// As [#read] takes it.
    public String json() {
        return JSON.writeValueAsString(this);
    }

    private static void merge(ObjectNode into, ObjectNode given) {
        for (var entry : given.properties()) {
            if (into.get(entry.getKey()) instanceof ObjectNode inner && entry.getValue() instanceof ObjectNode more)
                merge(inner, more);
            else into.set(entry.getKey(), entry.getValue());
        }
    }

    List<Path> environments() {
        return specs.environments();
    }
}
