package sluice.metrics.gpu;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A driver's library, its functions called by name.
///
/// By name, because drivers differ in what they have: a function this one lacks is an answer, not the end. The
/// library is never unloaded; drivers leave threads behind that would run into nothing.
final class NativeCalls {
    private final NativeLibrary library;
    private final int absent;
    private final Map<String, Optional<Function>> functions = new ConcurrentHashMap<>();

    private NativeCalls(NativeLibrary library, int absent) {
        this.library = library;
        this.absent = absent;
    }

    /// @param name a soname, `libnvidia-ml.so.1`, or a path
    /// @param absent what [#call] answers for a function that this library lacks
    /// @param required functions without which there is nothing to build on
    /// @param install what to install where they are missing
    /// @throws GpusUnavailable it is not there, the linker refuses it, or it is too old
    static NativeCalls load(String name, int absent, String driver, List<String> required, String install)
            throws GpusUnavailable {
        var calls = load(name, absent, driver);
        var missing = required.stream()
                .filter(function -> calls.function(function).isEmpty())
                .toList();
        if (missing.isEmpty()) return calls;
        throw GpusUnavailable.broken("The %s driver is too old: %s has no %s. Install %s."
                .formatted(driver, name, String.join(", ", missing), install));
    }

    private static NativeCalls load(String name, int absent, String driver) throws GpusUnavailable {
        try {
            return new NativeCalls(NativeLibrary.getInstance(name), absent);
        } catch (UnsatisfiedLinkError e) {
            throw GpusUnavailable.absent(
                    "There is no %s driver: %s cannot be loaded. Install the driver, and in a container mount it."
                            .formatted(driver, name),
                    e);
        }
    }

    /// The status the driver returned.
    int call(String name, @Nullable Object... arguments) {
        return function(name).map(function -> function.invokeInt(arguments)).orElse(absent);
    }

    /// For the few that return text.
    Optional<String> text(String name, Object... arguments) {
        return function(name).map(function -> function.invokeString(arguments, false));
    }

    private Optional<Function> function(String name) {
        return functions.computeIfAbsent(name, this::find);
    }

    private Optional<Function> find(String name) {
        try {
            return Optional.of(library.getFunction(name));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }
}
