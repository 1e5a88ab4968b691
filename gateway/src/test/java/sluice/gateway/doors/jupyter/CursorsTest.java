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
        assertThat(first.at(slot, 0)).isZero();
        first.put(slot, 42);
        // Not closed: the first gateway was killed.
        var second = Cursors.open(folder.resolve("cursors"), 8);
        assertThat(second.at(second.slot(kernel, "lab"), 0)).isEqualTo(42);
        assertThat(second.at(second.slot(kernel, "other"), 0)).isZero();
        assertThat(second.at(second.slot(UUID.randomUUID().toString(), "lab"), 0))
                .isZero();
    }

    @Test
    void aKernelThatIsGoneGivesItsSlotsBack() throws IOException {
        var cursors = Cursors.open(folder.resolve("cursors"), 2);
        cursors.put(cursors.slot(kernel, "a"), 1);
        cursors.put(cursors.slot(kernel, "b"), 2);
        var other = UUID.randomUUID().toString();
        int full = cursors.slot(other, "c");
        cursors.put(full, 9);
        assertThat(cursors.at(full, 0)).isZero();
        cursors.forget(kernel);
        int taken = cursors.slot(other, "c");
        assertThat(cursors.at(taken, 0)).isZero();
        cursors.put(taken, 3);
        assertThat(cursors.at(taken, 0)).isEqualTo(3);
    }

    @Test
    void whatAnUnansweredClientHasIsWhatItConfirmed() throws IOException {
        var cursors = Cursors.open(folder.resolve("cursors"), 8);
        int slot = cursors.slot(kernel, "lab");
        cursors.put(slot, 42);
        cursors.confirmed(slot, 30, 1_000);
        assertThat(cursors.at(slot, 999)).as("there is still time").isEqualTo(42);
        assertThat(cursors.at(slot, 1_001)).isEqualTo(30);
        cursors.confirmed(slot, 42, 0);
        assertThat(cursors.at(slot, 1_001)).isEqualTo(42);
        cursors.confirmed(slot, 30, 1_000);
        var next = Cursors.open(folder.resolve("cursors"), 8);
        assertThat(next.at(slot, 1_001))
                .as("nobody could answer a gateway that is gone")
                .isEqualTo(42);
    }
}
