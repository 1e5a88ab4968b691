package sluice.gateway.cli;

import static sluice.gateway.cli.Finding.bad;
import static sluice.gateway.cli.Finding.good;
import static sluice.gateway.cli.Finding.less;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import sluice.gateway.config.LabSettings;
import sluice.gateway.up.Interpreter;
import sluice.gateway.up.StartFailed;

/// What this machine offers a pool.
final class MachineChecks {
    private static final int FILES_WANTED = 4096;
    private static final long MEMORY_WANTED_MIB = 1500;

    private MachineChecks() {}

    static Finding java() {
        return good("Java", Runtime.version() + " in " + System.getProperty("java.home"));
    }

    static Finding python(LabSettings lab) throws InterruptedException {
        try {
            var python = Interpreter.find(lab.python());
            return good("Python", "%s at %s".formatted(python.version(), python.program()));
        } catch (StartFailed none) {
            return lab.prefix().isEmpty()
                    ? bad("Python", "none that serves", none.reason())
                    : good("Python", "the environment in " + lab.prefix());
        }
    }

    static Finding sandbox() throws InterruptedException {
        var said = run(
                "bwrap",
                "--unshare-all",
                "--die-with-parent",
                "--ro-bind",
                "/",
                "/",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "true");
        if (said.isEmpty()) return good("sandbox", "bubblewrap works");
        if (said.contains("No such file") && said.contains("bwrap")) {
            return less(
                    "sandbox",
                    "bubblewrap is missing: kernels would run as plain processes, without walls between users",
                    "apt install bubblewrap");
        }
        return less(
                "sandbox",
                "bubblewrap does not work here: " + said,
                "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0), or run as root; without, kernels run as plain processes");
    }

    /// Whether limits on memory and processes can be kept.
    static Finding controlGroups() {
        var two = Path.of("/sys/fs/cgroup/cgroup.controllers");
        if (Files.exists(two)) {
            var ours = text(Path.of("/proc/self/cgroup")).strip().replaceFirst("^0::", "");
            var group = Path.of("/sys/fs/cgroup" + ours);
            var controllers = text(two).strip();
            if (!controllers.contains("memory"))
                return less("control groups", "version 2 without the memory controller", LIMITS_ADVICE);
            if (Files.isWritable(group))
                return good("control groups", "version 2 with " + controllers.replace(" ", ", "));
            return less("control groups", "version 2, but not ours to divide", LIMITS_ADVICE);
        }
        if (Files.isWritable(Path.of("/sys/fs/cgroup/memory"))) return good("control groups", "version 1");
        return less("control groups", "none that this user may divide", LIMITS_ADVICE);
    }

    private static final String LIMITS_ADVICE =
            "limits on memory, processors and processes will not be kept; run as root, or in a systemd unit with Delegate=yes";

    static Finding openFiles() {
        var limit = Pattern.compile("Max open files\\s+(\\d+)").matcher(text(Path.of("/proc/self/limits")));
        if (!limit.find()) return good("open files", "no limit known");
        var most = Long.parseLong(limit.group(1));
        return most >= FILES_WANTED
                ? good("open files", most + " at most")
                : less(
                        "open files",
                        "only %d at most, some 100 websockets' worth".formatted(most),
                        "ulimit -n 65536 before starting");
    }

    static Finding memory() {
        var available = Pattern.compile("MemAvailable:\\s+(\\d+) kB").matcher(text(Path.of("/proc/meminfo")));
        if (!available.find()) return good("memory", "unknown");
        var mebibytes = Long.parseLong(available.group(1)) >> 10;
        return mebibytes >= MEMORY_WANTED_MIB
                ? good("memory", mebibytes + " MiB free")
                : less(
                        "memory",
                        "only %d MiB free".formatted(mebibytes),
                        "the pool itself takes some 700 MiB, each kernel 60 and more");
    }

    static List<Finding> tools() {
        var findings = new ArrayList<Finding>();
        for (var tool : List.of("setsid", "sh", "kill")) {
            if (onPath(tool)) continue;
            findings.add(bad("tools", tool + " is missing", "apt install util-linux procps dash"));
        }
        return findings;
    }

    private static boolean onPath(String tool) {
        for (var folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, tool))) return true;
        }
        return false;
    }

    /// @return what went wrong, empty when nothing did
    private static String run(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                process.getOutputStream().close();
                var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                if (!process.waitFor(10, TimeUnit.SECONDS)) return "it does not end";
                return process.exitValue() == 0
                        ? ""
                        : said.isEmpty()
                                ? "exit " + process.exitValue()
                                : said.lines().findFirst().orElse(said);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
