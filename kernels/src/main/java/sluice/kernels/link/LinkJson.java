package sluice.kernels.link;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How both ends of the link read and write what is JSON in its frames. What one end does not know (it is older) is
/// passed over.
public final class LinkJson {
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new GpuJson())
            .build();

    private LinkJson() {}
}
