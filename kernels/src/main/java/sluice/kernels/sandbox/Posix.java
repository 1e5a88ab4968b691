package sluice.kernels.sandbox;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// kill(2), which Java offers for neither groups nor SIGINT.
final class Posix {
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;

    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private Posix() {}

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
