package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;

/// The JupyterLab that the pool serves, and the Python environment it comes with.
/// @param python the interpreter to make the environment with, empty to look for one
/// @param prefix an environment that is there already, empty to make one below the data folder
/// @param labs most at a time
/// @param idle a user's Lab with no page open stops after that; 0 for never
public record LabSettings(boolean serve, String python, String prefix, int labs, Duration startWithin, Duration idle) {
    static final LabSettings DEFAULT = new LabSettings(true, "", "", 200, Duration.ofSeconds(60), Duration.ofHours(24));

    public LabSettings {
        check(labs >= 1, "labs", "must be at least 1, not " + labs);
        check(startWithin.isPositive(), "start-within", "must be more than 0");
    }

    public LabSettings notServed() {
        return new LabSettings(false, python, prefix, labs, startWithin, idle);
    }
}
