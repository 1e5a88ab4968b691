package sluice.kernels.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The system calls we need: kill(2), which Java offers for neither groups nor SIGINT, mkfifo(3), and who we are.
final class Posix {
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;

    private static final MethodHandle KILL = function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private static final MethodHandle MKFIFO = function("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private Posix() {}

    private static MethodHandle function(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    static int ourUid() {
        return ask("geteuid");
    }

    static int ourGid() {
        return ask("getegid");
    }

    private static int ask(String name) {
        try {
            return (int) function(name, FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(name + "(2) cannot be called", e);
        }
    }

    /// Signals one process. Whether it was there to be signalled.
    static boolean signal(long pid, int signal) {
        return pid > 1 && kill((int) pid, signal);
    }

    /// Signals a process group.
    static boolean signalGroup(long group, int signal) {
        return group > 1 && kill((int) -group, signal);
    }

    /// Makes a pipe with a name, mode 0600.
    static void pipe(Path path) throws IOException {
        try (var arena = Arena.ofConfined()) {
            if ((int) MKFIFO.invokeExact(arena.allocateFrom(path.toString()), 0600) == 0) return;
        } catch (Throwable e) {
            throw new IllegalStateException("mkfifo(3) cannot be called", e);
        }
        throw new IOException("Cannot make the pipe " + path);
    }

    private static boolean kill(int target, int signal) {
        try {
            return (int) KILL.invokeExact(target, signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2) cannot be called", e);
        }
    }
}
