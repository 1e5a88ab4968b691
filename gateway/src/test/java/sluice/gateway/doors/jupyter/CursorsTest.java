package sluice.gateway.doors.jupyter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorsTest {
    @TempDir
    Path folder;

    private final String kernel = UUID.randomUUID().toString();

    @Test
    void aSecondGatewayFindsWhereTheFirstOneWas() throws IOException {
        var first = Cursors.open(folder.resolve("cursors"), 8);
        int slot = first.slot(kernel, "lab");
        assertThat(first.at(slot)).isZero();
        first.put(slot, 42);
        // Not closed: the first gateway was killed.
        var second = Cursors.open(folder.resolve("cursors"), 8);
        assertThat(second.at(second.slot(kernel, "lab"))).isEqualTo(42);
        assertThat(second.at(second.slot(kernel, "other"))).isZero();
        assertThat(second.at(second.slot(UUID.randomUUID().toString(), "lab"))).isZero();
    }

    @Test
    void aKernelThatIsGoneGivesItsSlotsBack() throws IOException {
        var cursors = Cursors.open(folder.resolve("cursors"), 2);
        cursors.put(cursors.slot(kernel, "a"), 1);
        cursors.put(cursors.slot(kernel, "b"), 2);
        var other = UUID.randomUUID().toString();
        int full = cursors.slot(other, "c");
        cursors.put(full, 9);
        assertThat(cursors.at(full)).isZero();
        cursors.forget(kernel);
        int taken = cursors.slot(other, "c");
        assertThat(cursors.at(taken)).isZero();
        cursors.put(taken, 3);
        assertThat(cursors.at(taken)).isEqualTo(3);
    }
}
