package sluice.scheduling.quota;

import java.util.List;
import sluice.scheduling.Amounts;
import sluice.scheduling.Words;

/// What a limit can be about.
public enum Limited {
    GPUS,
    GPU_MEMORY,
    CPUS,
    MEMORY,
    DISK,
    SESSIONS,
    GPU_HOURS;

    /// Those held at a moment; GPU-hours add up over a month instead.
    static final List<Limited> HELD = List.of(GPUS, GPU_MEMORY, CPUS, MEMORY, DISK, SESSIONS);

    long of(Amounts amounts) {
        return switch (this) {
            case GPUS -> amounts.milliGpus();
            case GPU_MEMORY -> amounts.gpuBytes();
            case CPUS -> amounts.milliCpus();
            case MEMORY -> amounts.memory();
            case DISK -> amounts.disk();
            case SESSIONS -> amounts.sessions();
            case GPU_HOURS -> 0;
        };
    }

    /// `4 GPUs`, `80 GB of GPU memory`
    String say(long amount) {
        return switch (this) {
            case GPUS -> Words.gpus(amount);
            case GPU_MEMORY -> Words.bytes(amount) + " of GPU memory";
            case CPUS -> Words.cpus(amount);
            case MEMORY -> Words.bytes(amount) + " of memory";
            case DISK -> Words.bytes(amount) + " of disk";
            case SESSIONS -> Words.counted(amount, "session");
            case GPU_HOURS -> Words.counted(amount, "GPU-hour");
        };
    }

    /// The same without its noun, where the sentence has named it already.
    String sayShort(long amount) {
        var said = say(amount);
        return switch (this) {
            case GPUS, CPUS, SESSIONS, GPU_HOURS -> said.substring(0, said.indexOf(' '));
            case GPU_MEMORY, MEMORY, DISK -> said.substring(0, said.indexOf(" of "));
        };
    }
}
