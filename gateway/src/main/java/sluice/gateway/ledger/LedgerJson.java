package sluice.gateway.ledger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import sluice.scheduling.Gpus;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How demands and placements stand in their columns. The scheduler's records know nothing of JSON.
final class LedgerJson {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(Gpus.class, NamedGpus.class)
            .build();

    private LedgerJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @Type(value = Gpus.None.class, name = "none"),
        @Type(value = Gpus.Whole.class, name = "whole"),
        @Type(value = Gpus.Fraction.class, name = "fraction"),
        @Type(value = Gpus.Memory.class, name = "memory"),
        @Type(value = Gpus.Instance.class, name = "instance")
    })
    private interface NamedGpus {}
}
