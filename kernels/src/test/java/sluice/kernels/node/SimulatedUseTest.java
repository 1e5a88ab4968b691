package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.link.Orders.GrantedCard;
import sluice.kernels.link.Orders.KernelModel;
import sluice.metrics.gpu.GpuMemory;
import sluice.metrics.gpu.SimulatedGpus;

class SimulatedUseTest {
    private final SimulatedGpus gpus = SimulatedGpus.open("simulated:2xH100-80GiB");
    private final String card = gpus.cards().getFirst().uuid();
    private final AtomicReference<List<KernelModel>> kernels = new AtomicReference<>(List.of());
    private final SimulatedUse use = new SimulatedUse(gpus, kernels::get);

    @Test
    void memoryFollowsWhatTheKernelsDo() {
        kernels.set(List.of(kernel("a", "idle", 8L << 30), kernel("b", "busy", 100L << 20)));
        use.settle();
        assertThat(used()).hasValue(SimulatedUse.CONTEXT_BYTES + (100L << 20));
        kernels.set(List.of(kernel("a", "busy", 8L << 30)));
        use.settle();
        assertThat(used()).hasValue(4L << 30);
        kernels.set(List.of());
        use.settle();
        assertThat(used()).hasValue(0L);
    }

    @Test
    void whatHasNoProcessIsOnNoCard() {
        kernels.set(List.of(kernel("a", "dead", 8L << 30)));
        use.settle();
        assertThat(used()).hasValue(0L);
    }

    @Test
    void aCardThatFallsOffTheBusDoesNotEndTheSimulation() {
        kernels.set(List.of(kernel("a", "idle", 0)));
        use.settle();
        gpus.fallOff(card);
        use.settle();
        use.settle();
        assertThat(used()).isEmpty();
        gpus.reset(card);
        use.settle();
        assertThat(used()).hasValue(SimulatedUse.CONTEXT_BYTES);
    }

    private Optional<Long> used() {
        return gpus.memory(card).map(GpuMemory::used);
    }

    private KernelModel kernel(String id, String state, long bytes) {
        var grant = new Grant("physics", "half", List.of(new GrantedCard(card, 500, bytes)), 0, 0);
        var pid = state.equals("dead") ? 0 : 42;
        return new KernelModel(id, "python3", "ada", "", state, 0, null, pid, "plain", "", grant, 0);
    }
}
