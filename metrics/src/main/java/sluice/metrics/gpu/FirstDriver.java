package sluice.metrics.gpu;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the first driver that works. A laptop without any is an ordinary case, a driver that is there and
/// broken is not.
final class FirstDriver {
    private static final Logger LOG = LoggerFactory.getLogger(FirstDriver.class);

    private FirstDriver() {}

    /// How one kind of driver is opened.
    interface Driver {
        Gpus open() throws GpusUnavailable;
    }

    static Gpus open() {
        return open(List.of(NvmlGpus::open, AmdGpus::open, AscendGpus::open));
    }

    static Gpus open(List<Driver> drivers) {
        var reasons = new ArrayList<String>();
        for (var driver : drivers) {
            try {
                var gpus = driver.open();
                if (!gpus.cards().isEmpty()) return gpus;
                reasons.add(gpus.whyNone().orElse("A driver is there, but no card"));
                gpus.close();
            } catch (GpusUnavailable e) {
                if (e.installed()) LOG.warn("{}", e.getMessage());
                reasons.add(e.getMessage());
            }
        }
        return new NoGpus(String.join(" ", reasons));
    }
}
