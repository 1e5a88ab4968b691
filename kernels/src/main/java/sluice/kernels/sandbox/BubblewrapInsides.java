package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A bubblewrap sandbox from outside: the leader waits for the sandbox's first process, whose end is the end of all in
/// it; that one's first child is the kernel. bubblewrap writes both numbers' whereabouts into the status file.
final class BubblewrapInsides implements SandboxedProcess.Insides {
    private static final Pattern CHILD = Pattern.compile("\"child-pid\": (\\d+)");
    private static final Pattern EXIT = Pattern.compile("\"exit-code\": (\\d+)");

    /// Ten seconds: on a machine that is busy starting others bubblewrap may take its time.
    private static final long BEGINS_WITHIN_TICKS = 1000;

    private final Pid leader;
    private final @Nullable Pid main;
    private final Room room;
    private final Cgroup cgroup;

    BubblewrapInsides(Pid leader, @Nullable Pid main, Room room, Cgroup cgroup) {
        this.leader = leader;
        this.main = main;
        this.room = room;
        this.cgroup = cgroup;
    }

    boolean lives() {
        return leader.alive() || (main != null && main.alive());
    }

    @Override
    public Optional<Pid> main() {
        return first().flatMap(first -> Proc.children(first.pid()).stream().findFirst())
                .flatMap(Pid::of);
    }

    /// The first process in the sandbox. Its number may belong to a stranger by now, but then to one that began later.
    /// Its parent tells nothing: the leader may end before it.
    private Optional<Pid> first() {
        return status(CHILD).flatMap(Pid::of).filter(pid -> {
            var after = pid.start() - leader.start();
            return after >= 0 && after < BEGINS_WITHIN_TICKS;
        });
    }

    @Override
    public boolean killAll() {
        var first = first();
        first.ifPresent(pid -> pid.signal(Posix.SIGKILL));
        leader.signal(Posix.SIGKILL);
        if (main != null) main.signal(Posix.SIGKILL);
        cgroup.kill();
        return first.isPresent() || lives() || !cgroup.remove();
    }

    @Override
    public Exit explain(@Nullable Integer status) {
        var code = status != null ? Optional.of(status) : status(EXIT).map(Long::intValue);
        return new Exit(code.orElse(-1), cgroup.outOfMemoryKills() > 0);
    }

    private Optional<Long> status(Pattern wanted) {
        try {
            var found = wanted.matcher(Files.readString(room.host().resolve(Launcher.STATUS)));
            return found.find() ? Optional.of(Long.valueOf(found.group(1))) : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
