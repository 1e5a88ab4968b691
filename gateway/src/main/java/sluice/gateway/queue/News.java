package sluice.gateway.queue;

import sluice.gateway.ledger.LeaseRow;
import sluice.scheduling.Placement;

/// What happens to a session that waits.
public sealed interface News {
    String session();

    /// Why it waits has changed.
    record Waits(Pending pending) implements News {
        @Override
        public String session() {
            return pending.session();
        }
    }

    /// Its turn had come before the gateway was started, and it was started.
    record Runs(String session) implements News {}

    /// Its turn has come: it has to be started now.
    record Turn(LeaseRow row, Placement placement) implements News {
        @Override
        public String session() {
            return row.session();
        }
    }
}
