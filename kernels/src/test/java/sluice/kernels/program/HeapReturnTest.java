package sluice.kernels.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class HeapReturnTest {
    @Test
    void whatAnIdleHeapDoesNotNeedGoesBack() {
        var heap = new HeapReturn();
        var before = blownUp();
        // The first look may find that there was work.
        for (int i = 0; i < 5 && committed() >= before; i++) heap.look();
        assertThat(committed()).isLessThan(before);
    }

    private static long blownUp() {
        var much = new byte[64][];
        for (int i = 0; i < much.length; i++) much[i] = new byte[8 << 20];
        assertThat(much[63]).hasSize(8 << 20);
        return committed();
    }

    private static long committed() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    }
}
