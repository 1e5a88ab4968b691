package sluice.gateway.config;

import java.nio.file.Path;

/// All settings. What a file leaves out has its default from [#DEFAULT].
public record Config(
        GatewaySettings gateway,
        AuthSettings auth,
        DatabaseSettings database,
        NodeSettings node,
        LimitSettings limits,
        RingSettings ring,
        CullingSettings culling,
        LabSettings lab) {

    public static final Config DEFAULT = new Config(
            GatewaySettings.DEFAULT,
            AuthSettings.DEFAULT,
            DatabaseSettings.DEFAULT,
            NodeSettings.DEFAULT,
            LimitSettings.DEFAULT,
            RingSettings.DEFAULT,
            CullingSettings.DEFAULT,
            LabSettings.DEFAULT);

    /// The settings in that file over the defaults.
    /// @throws BadConfig naming the file, the line and what to write instead
    public static Config read(Path file) {
        return new ConfigReader(file.toString()).read(YamlTree.of(file), DEFAULT);
    }

    public Config withGateway(GatewaySettings other) {
        return new Config(other, auth, database, node, limits, ring, culling, lab);
    }

    public Config withDatabase(DatabaseSettings other) {
        return new Config(gateway, auth, other, node, limits, ring, culling, lab);
    }

    public Config withNode(NodeSettings other) {
        return new Config(gateway, auth, database, other, limits, ring, culling, lab);
    }

    public Config withLab(LabSettings other) {
        return new Config(gateway, auth, database, node, limits, ring, culling, other);
    }
}
