package sluice.kernels.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// The chain of programs from the node to a kernel: `setsid`, a shell that sets limits and becomes the sandbox, and in
/// it a shell that sets the environment and becomes the kernel.
final class Launcher {
    /// The host's programs are found here, whatever PATH the node has.
    static final String HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    static final String PIPE = "output";
    static final String STATUS = "status";
    static final String NOTHING = "/dev/null";
    private static final String ENVIRONMENT = "environment.sh";
    private static final String OUTER = script("outer.sh");
    private static final String LOGGER = script("logger.sh");
    private static final String INNER = script("inner.sh");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// A shell refuses to set these, or gives them a meaning of its own.
    private static final Set<String> THE_SHELLS = Set.of("OPTIND", "PPID", "UID", "EUID", "BASHOPTS", "SHELLOPTS");

    private Launcher() {}

    /// Runs `setup… -- inner` on the host; the leader keeps its number while it becomes the sandbox.
    static Process launch(String mark, Order order, View view, List<Path> doors, List<String> setup, Path args)
            throws IOException {
        var pipe = order.room().host().resolve(PIPE);
        Posix.pipe(pipe);
        var command = new ArrayList<>(List.of("setsid", "sh", "-c", OUTER, "sluice-sandbox"));
        command.addAll(List.of(
                LOGGER,
                pipe.toString(),
                order.log().toString(),
                Integer.toString(LogTail.HALF),
                Integer.toString(order.limits().openFiles()),
                args.toString(),
                order.room().host().resolve(STATUS).toString()));
        for (var door : doors) command.add(door.toString());
        command.add("--");
        command.addAll(setup);
        command.addAll(List.of("sh", "-c", INNER, "sluice-inner", view.room() + "/" + ENVIRONMENT, order.folder()));
        command.addAll(order.argv());
        return run(mark, command, Redirect.DISCARD).start();
    }

    /// A program of the host with nothing of the node's environment.
    static ProcessBuilder run(String mark, List<String> command, Redirect output) {
        var builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File(NOTHING))
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().clear();
        builder.environment().put("PATH", HOST_PATH);
        builder.environment().put(Sandbox.MARK, mark);
        return builder;
    }

    /// Writes the process's environment where the inner shell reads it.
    static void putEnvironment(Room room, String mark, Map<String, String> env) throws IOException {
        var lines = new StringBuilder("export %s='%s'\n".formatted(Sandbox.MARK, mark));
        env.forEach((name, value) -> {
            if (!NAME.matcher(name).matches() || THE_SHELLS.contains(name) || name.equals(Sandbox.MARK)) return;
            lines.append("export ").append(name).append("='");
            lines.append(value.replace("\0", "").replace("'", "'\\''")).append("'\n");
        });
        room.put(ENVIRONMENT, lines.toString());
    }

    private static String script(String name) {
        try (var in = Launcher.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Leaves no file of an earlier life in the way.
    static void clearLog(Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        Files.deleteIfExists(log);
        Files.deleteIfExists(LogTail.older(log));
    }
}
