package sluice.kernels.sandbox;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// The system calls we need: kill(2), which Java offers for neither groups nor SIGINT, and who we are.
final class Posix {
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;

    private static final MethodHandle KILL = function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

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

    private static boolean kill(int target, int signal) {
        try {
            return (int) KILL.invokeExact(target, signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2) cannot be called", e);
        }
    }
}
