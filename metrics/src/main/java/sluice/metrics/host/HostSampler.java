package sluice.metrics.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import sluice.metrics.host.HostSample.Memory;
import sluice.metrics.host.HostSample.Pressure;
import sluice.metrics.host.HostSample.Resource;
import sluice.metrics.host.HostSample.Traffic;

/// Reads `/proc` and `/sys`, which needs no rights. For one thread.
public final class HostSampler {
    private static final int SECTOR = 512; // whatever the disk's own sectors are, see Documentation/block/stat.rst

    private final Path proc;
    private final Path sys;
    private final Clock clock;
    private long busyBefore;
    private long allBefore;

    public HostSampler() {
        this(Path.of("/proc"), Path.of("/sys"), Clock.systemUTC());
    }

    public HostSampler(Path proc, Path sys, Clock clock) {
        this.proc = proc;
        this.sys = sys;
        this.clock = clock;
    }

    public HostSample sample() {
        return new HostSample(clock.instant(), cpus(), cpuPercent(), load(), memory(), pressure(), disks(), networks());
    }

    /// The node's, where Java itself would only count those that this process may use.
    private int cpus() {
        var lines = ProcText.lines(proc.resolve("stat")).stream();
        var count = (int) lines.filter(line -> line.matches("cpu[0-9]+ .*")).count();
        return count > 0 ? count : Runtime.getRuntime().availableProcessors();
    }

    /// proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are counted in the first two
    /// already.
    private OptionalDouble cpuPercent() {
        var line = ProcText.lines(proc.resolve("stat")).stream().findFirst().orElse("");
        if (!line.startsWith("cpu ")) return OptionalDouble.empty();
        var ticks = line.substring(4).strip().split(" +");
        long all = 0;
        for (int i = 0; i < Math.min(ticks.length, 8); i++) all += Long.parseLong(ticks[i]);
        var busy = all - Long.parseLong(ticks[3]) - Long.parseLong(ticks[4]);
        var passed = all - allBefore;
        var percent = allBefore == 0 || passed <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.clamp(100.0 * (busy - busyBefore) / passed, 0, 100));
        busyBefore = busy;
        allBefore = all;
        return percent;
    }

    private OptionalDouble load() {
        return ProcText.read(proc.resolve("loadavg"))
                .map(text -> OptionalDouble.of(Double.parseDouble(text.substring(0, text.indexOf(' ')))))
                .orElse(OptionalDouble.empty());
    }

    private Optional<Memory> memory() {
        var bytes = new HashMap<String, Long>();
        for (var line : ProcText.lines(proc.resolve("meminfo"))) {
            // MemTotal:       24660028 kB
            var words = line.split(":? +");
            if (words.length == 3) bytes.put(words[0], Long.parseLong(words[1]) * 1024);
        }
        if (!bytes.containsKey("MemTotal")) return Optional.empty();
        return Optional.of(new Memory(
                bytes.get("MemTotal"),
                bytes.getOrDefault("MemAvailable", bytes.getOrDefault("MemFree", 0L)),
                bytes.getOrDefault("Cached", 0L),
                bytes.getOrDefault("SwapTotal", 0L),
                bytes.getOrDefault("SwapFree", 0L)));
    }

    private Map<Resource, Pressure> pressure() {
        var pressure = new EnumMap<Resource, Pressure>(Resource.class);
        for (var resource : Resource.values()) {
            var file = proc.resolve("pressure").resolve(resource.name().toLowerCase(Locale.ROOT));
            double some = 0;
            double full = 0;
            double someSeconds = 0;
            double fullSeconds = 0;
            var lines = ProcText.lines(file); // a kernel without PSI has no such file, or refuses to read it
            for (var line : lines) {
                // some avg10=7.68 avg60=11.87 avg300=11.37 total=8246052910
                var words = line.split("[ =]");
                if (words.length < 9) continue;
                if (words[0].equals("some")) {
                    some = Double.parseDouble(words[2]);
                    someSeconds = Long.parseLong(words[8]) / 1e6;
                } else {
                    full = Double.parseDouble(words[2]);
                    fullSeconds = Long.parseLong(words[8]) / 1e6;
                }
            }
            if (!lines.isEmpty()) pressure.put(resource, new Pressure(some, full, someSeconds, fullSeconds));
        }
        return pressure;
    }

    /// Whole disks that were ever used; partitions would count their bytes twice.
    private Map<String, Traffic> disks() {
        var disks = new HashMap<String, Traffic>();
        for (var line : ProcText.lines(proc.resolve("diskstats"))) {
            // 259 0 nvme0n1 reads merged sectors ms writes merged sectors ms …
            var words = line.strip().split(" +");
            if (words.length < 10) continue;
            var name = words[2];
            var read = Long.parseLong(words[5]) * SECTOR;
            var written = Long.parseLong(words[9]) * SECTOR;
            if (name.startsWith("loop") || name.startsWith("ram") || read + written == 0) continue;
            if (Files.isDirectory(sys.resolve("block").resolve(name))) disks.put(name, new Traffic(read, written));
        }
        return disks;
    }

    /// Interfaces that are hardware. Where none is, as in a container, all but the loopback. A node makes one
    /// pair of virtual interfaces for each session: to list those would bring new series with each.
    private Map<String, Traffic> networks() {
        var hardware = new HashMap<String, Traffic>();
        var others = new HashMap<String, Traffic>();
        for (var line : ProcText.lines(proc.resolve("net/dev"))) {
            //   eth0: received packets errs drop fifo frame compressed multicast sent …
            var colon = line.indexOf(':');
            if (colon < 0) continue;
            var name = line.substring(0, colon).strip();
            var words = line.substring(colon + 1).strip().split(" +");
            if (name.equals("lo") || words.length < 9) continue;
            var traffic = new Traffic(Long.parseLong(words[0]), Long.parseLong(words[8]));
            var isHardware = Files.exists(sys.resolve("class/net").resolve(name).resolve("device"));
            (isHardware ? hardware : others).put(name, traffic);
        }
        return hardware.isEmpty() ? others : hardware;
    }
}
