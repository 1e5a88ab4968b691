package sluice.metrics.gpu;

import org.jspecify.annotations.Nullable;

/// A driver cannot be used. The message says which, why, and what to do.
public final class GpusUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean installed;

    private GpusUnavailable(String message, boolean installed, @Nullable Throwable cause) {
        super(message, cause);
        this.installed = installed;
    }

    /// There is no such driver on this machine, which is nobody's fault.
    static GpusUnavailable absent(String message, Throwable cause) {
        return new GpusUnavailable(message, false, cause);
    }

    /// There is one, and it does not work.
    static GpusUnavailable broken(String message) {
        return new GpusUnavailable(message, true, null);
    }

    static GpusUnavailable broken(String message, Throwable cause) {
        return new GpusUnavailable(message, true, cause);
    }

    /// Whether the driver is there but does not work: worth a warning where its absence is not.
    public boolean installed() {
        return installed;
    }
}
