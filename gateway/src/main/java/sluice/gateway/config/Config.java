package sluice.gateway.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// All settings. What a file leaves out has its default from [#DEFAULT].
/// @param flavours by name, in the file's order; the first is what a kernelspec means under its own name
public record Config(
        GatewaySettings gateway,
        AuthSettings auth,
        DatabaseSettings database,
        NodeSettings node,
        LimitSettings limits,
        RingSettings ring,
        CullingSettings culling,
        LabSettings lab,
        Map<String, FlavourSettings> flavours) {

    public static final Config DEFAULT = new Config(
            GatewaySettings.DEFAULT,
            AuthSettings.DEFAULT,
            DatabaseSettings.DEFAULT,
            NodeSettings.DEFAULT,
            LimitSettings.DEFAULT,
            RingSettings.DEFAULT,
            CullingSettings.DEFAULT,
            LabSettings.DEFAULT,
            FlavourSettings.USUAL);

    public Config {
        flavours = new LinkedHashMap<>(flavours);
        for (var name : flavours.keySet()) {
            BadValue.check(
                    FlavourSettings.couldBeName(name),
                    "flavours",
                    "has the name \"%s\": use up to 32 small letters, digits, - and _".formatted(name));
        }
        BadValue.check(!flavours.isEmpty(), "flavours", "must name at least one");
    }

    /// The settings in that file over the defaults.
    /// @throws BadConfig naming the file, the line and what to write instead
    public static Config read(Path file) {
        return new ConfigReader(file.toString()).read(YamlTree.of(file), DEFAULT);
    }

    public Config withGateway(GatewaySettings other) {
        return new Config(other, auth, database, node, limits, ring, culling, lab, flavours);
    }

    public Config withDatabase(DatabaseSettings other) {
        return new Config(gateway, auth, other, node, limits, ring, culling, lab, flavours);
    }

    public Config withNode(NodeSettings other) {
        return new Config(gateway, auth, database, other, limits, ring, culling, lab, flavours);
    }

    public Config withLab(LabSettings other) {
        return new Config(gateway, auth, database, node, limits, ring, culling, other, flavours);
    }
}
