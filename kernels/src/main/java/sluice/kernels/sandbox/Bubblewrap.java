package sluice.kernels.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Linux namespaces by way of `bwrap`: the system read-only, an own `/proc`, `/dev`, `/tmp`, hostname and process
/// numbers, the owner's home and nobody else's. The network is the host's.
final class Bubblewrap implements Sandbox {
    private static final List<String> USUALLY_HIDDEN =
            List.of("/tmp", "/var/tmp", "/run", "/home", "/root", "/mnt", "/media");
    private static final String ROOM = "/run/sluice";
    private static final String HOSTNAME = "sluice";

    private final String node;
    private final Cgroups cgroups;
    private final boolean root;
    private final List<Path> hidden;
    private final List<Path> devices;

    Bubblewrap(String node, Cgroups cgroups, boolean root, List<Path> ours, SandboxConfig config) {
        this.node = node;
        this.cgroups = cgroups;
        this.root = root;
        this.hidden = Stream.of(USUALLY_HIDDEN.stream().map(Path::of), ours.stream(), config.hide().stream())
                .flatMap(paths -> paths)
                .toList();
        this.devices = config.devices();
    }

    @Override
    public String kind() {
        return "bubblewrap";
    }

    @Override
    public Optional<String> warning() {
        if (!cgroups.controllers().isEmpty()) return Optional.empty();
        return Optional.of("No control groups may be written here: kernels share memory and processors without limits");
    }

    /// Why bubblewrap does not work on this machine, or empty when it does.
    Optional<String> probe() throws InterruptedException {
        var command = new ArrayList<>(List.of("bwrap"));
        command.addAll(arguments(Set.of()));
        command.add("--");
        command.addAll(identity(new Owner("nobody", 65534, 65534, Path.of("/")), Set.of()));
        command.add("true");
        try {
            var process =
                    Launcher.run("probe", command, ProcessBuilder.Redirect.PIPE).start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("bwrap hangs");
            }
            var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return process.exitValue() == 0 ? Optional.empty() : Optional.of(said.isEmpty() ? "bwrap fails" : said);
        } catch (IOException e) {
            return Optional.of("bubblewrap is not installed (apt install bubblewrap)");
        }
    }

    @Override
    public View view(Owner owner, Room room, Set<Path> readable) {
        return new View(home(owner, readable).toString(), ROOM);
    }

    /// Below `/home`, unless something that must stay readable lies in a home of that very name.
    private static Path home(Owner owner, Set<Path> readable) {
        var needed = readable.stream()
                .flatMap(path -> Stream.of(path, Mounts.real(path)))
                .toList();
        return Stream.of("/home", "/mnt", "/media", "/tmp")
                .map(Path::of)
                .filter(base -> Files.isDirectory(base))
                .map(base -> Mounts.real(base).resolve(owner.name()))
                .filter(home -> needed.stream().noneMatch(path -> path.startsWith(home)))
                .findFirst()
                .orElse(Path.of("/tmp", "home-of-" + owner.name()));
    }

    @Override
    public SandboxedProcess start(Order order) throws IOException {
        var mark = node + "/" + order.room().id();
        var view = view(order.owner(), order.room(), order.readable());
        Launcher.putEnvironment(order.room(), mark, order.env());
        if (root) order.room().handOver(order.owner());
        Launcher.clearLog(order.log());
        var args = order.room().keep("args", String.join("\0", arguments(order, view)) + "\0");
        var setup = new ArrayList<>(List.of("bwrap", "--args", "8", "--json-status-fd", "9", "--"));
        setup.addAll(identity(order.owner(), Devices.groups(order.devices())));

        var cgroup = cgroups.of(order.room().id(), order.limits());
        var process = Launcher.launch(mark, order, view, cgroup.doors(), setup, args);
        var trace = new Trace(kind(), order.room().id(), Ending.leader(process), null);
        var insides = new BubblewrapInsides(trace.leader(), null, order.room(), cgroup);
        return new SandboxedProcess(trace, order.room(), order.log(), insides, Ending.of(process));
    }

    @Override
    public Optional<SandboxedProcess> adopt(Trace trace, Room room, Path log) {
        var cgroup = cgroups.of(trace.id(), Limits.UNCHANGED);
        var insides = new BubblewrapInsides(trace.leader(), trace.main(), room, cgroup);
        if (!insides.lives()) return Optional.empty();
        return Optional.of(new SandboxedProcess(trace, room, log, insides, Ending.of(trace)));
    }

    private List<String> arguments(Order order, View view) throws IOException {
        var arguments = arguments(order.readable());
        arguments.addAll(Devices.arguments(order.devices()));
        var owner = order.owner();
        arguments.addAll(List.of("--bind", owner.home().toString(), view.home()));
        arguments.addAll(List.of("--bind", order.room().shared().toString(), ROOM));
        var passwd = order.room().keep("passwd", accounts("/etc/passwd", owner, owner.uid(), view));
        var group = order.room().keep("group", accounts("/etc/group", owner, owner.gid(), view));
        arguments.addAll(List.of("--ro-bind", passwd.toString(), "/etc/passwd"));
        arguments.addAll(List.of("--ro-bind", group.toString(), "/etc/group"));
        return arguments;
    }

    private List<String> arguments(Set<Path> readable) {
        var visible = new HashSet<>(readable);
        // Often a link into /run, and without it no name is found.
        visible.add(Mounts.real(Path.of("/etc/resolv.conf")));
        var arguments = new ArrayList<>(Mounts.of(hidden, visible));
        arguments.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"));
        for (var device : devices) arguments.addAll(List.of("--dev-bind-try", device.toString(), device.toString()));
        arguments.addAll(List.of("--unshare-pid", "--unshare-ipc", "--unshare-cgroup-try", "--new-session"));
        arguments.addAll(List.of("--unshare-uts", "--hostname", HOSTNAME, "--chdir", "/"));
        return arguments;
    }

    /// What makes the owner of a process started as root. An ordinary user's sandbox stays that user.
    private List<String> identity(Owner owner, Set<Integer> groups) {
        return root ? PlainProcess.become(owner, groups) : List.of();
    }

    /// The host's accounts and the owner, so that `whoami` and ssh know whom they work for.
    private static String accounts(String file, Owner owner, int id, View view) throws IOException {
        var others = Files.readAllLines(Path.of(file)).stream()
                .filter(line ->
                        !line.startsWith(owner.name() + ":") && !idOf(line).equals(Integer.toString(id)))
                .collect(Collectors.joining("\n"));
        var own = file.endsWith("group")
                ? "%s:x:%d:".formatted(owner.name(), id)
                : "%s:x:%d:%d:%1$s:%s:/bin/bash".formatted(owner.name(), id, owner.gid(), view.home());
        return others + "\n" + own + "\n";
    }

    private static String idOf(String account) {
        var fields = account.split(":");
        return fields.length > 2 ? fields[2] : "";
    }
}
