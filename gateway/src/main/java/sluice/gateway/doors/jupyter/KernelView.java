package sluice.gateway.doors.jupyter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.Orders.KernelModel;

/// A kernel as Jupyter's clients know it.
/// @param reason only where there is one: why it is dead, or what it waits for
record KernelView(
        String id,
        String name,
        @JsonProperty("last_activity") String lastActivity,
        @JsonProperty("execution_state") String executionState,
        int connections,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason) {
    static KernelView of(KernelModel kernel) {
        return new KernelView(
                kernel.id(),
                kernel.name(),
                kernel.lastActivity(),
                kernel.executionState(),
                kernel.connections(),
                kernel.reason());
    }
}
