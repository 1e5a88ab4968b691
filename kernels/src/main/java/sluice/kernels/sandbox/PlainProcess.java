package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// No sandbox: for machines where bubblewrap cannot work. Where the node is root and people may reach their homes, each
/// owner's processes at least run as a user of their own.
final class PlainProcess implements Sandbox {
    private final String node;
    private final Cgroups cgroups;
    private final boolean separateUsers;
    private final String warning;

    PlainProcess(String node, Cgroups cgroups, boolean separateUsers, String warning) {
        this.node = node;
        this.cgroups = cgroups;
        this.separateUsers = separateUsers;
        this.warning = warning;
    }

    @Override
    public String kind() {
        return "plain";
    }

    @Override
    public Optional<String> warning() {
        return Optional.of(warning);
    }

    @Override
    public View view(Owner owner, Room room, Set<Path> readable) {
        return new View(owner.home().toString(), room.shared().toString());
    }

    @Override
    public SandboxedProcess start(Order order) throws IOException {
        var mark = node + "/" + order.room().id();
        Launcher.putEnvironment(order.room(), mark, order.env());
        if (separateUsers) {
            order.room().openTheWay();
            order.room().handOver(order.owner());
        }
        Launcher.clearLog(order.log());

        var cgroup = cgroups.of(order.room().id(), order.limits());
        var process = Launcher.launch(
                mark,
                order,
                view(order.owner(), order.room(), order.readable()),
                cgroup.doors(),
                separateUsers ? become(order.owner(), Devices.groups(order.devices())) : List.of(),
                Path.of(Launcher.NOTHING));
        var trace = new Trace(kind(), order.room().id(), Ending.leader(process), null);
        return new SandboxedProcess(
                trace, order.room(), order.log(), new Insides(trace, mark, cgroup), Ending.of(process));
    }

    @Override
    public Optional<SandboxedProcess> adopt(Trace trace, Room room, Path log) {
        if (!trace.leader().alive()) return Optional.empty();
        var insides = new Insides(trace, node + "/" + trace.id(), cgroups.of(trace.id(), Limits.UNCHANGED));
        return Optional.of(new SandboxedProcess(trace, room, log, insides, Ending.of(trace)));
    }

    /// The program that turns root into the owner, for good.
    /// @param groups the owner is to be in
    static List<String> become(Owner owner, Set<Integer> groups) {
        return List.of(
                "setpriv",
                "--reuid=" + owner.uid(),
                "--regid=" + owner.gid(),
                groups.isEmpty()
                        ? "--clear-groups"
                        : "--groups=" + groups.stream().map(Object::toString).collect(Collectors.joining(",")),
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all");
    }

    /// The leader becomes the kernel. What it starts is known by its session, its group and the mark in its
    /// environment.
    private record Insides(Trace trace, String mark, Cgroup cgroup) implements SandboxedProcess.Insides {
        @Override
        public Optional<Pid> main() {
            return Optional.of(trace.leader());
        }

        @Override
        public boolean killAll() {
            trace.leader().signal(Posix.SIGKILL);
            cgroup.kill();
            var others = new HashSet<>(Proc.withEnvironment(MARK + "=" + mark + "\0"));
            others.addAll(Proc.session(trace.leader().pid()));
            for (var pid : others) Posix.signal(pid, Posix.SIGKILL);
            return trace.leader().alive() || !others.isEmpty() || !cgroup.remove();
        }

        @Override
        public Exit explain(@Nullable Integer status) {
            return new Exit(status == null ? -1 : status, cgroup.outOfMemoryKills() > 0);
        }
    }
}
