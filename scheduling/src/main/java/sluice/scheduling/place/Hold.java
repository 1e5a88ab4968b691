package sluice.scheduling.place;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Room that is kept for somebody.
/// @param holder for whom; null while somebody is still moving out of it
/// @param until others may use it if they are gone by then
record Hold(@Nullable String holder, Instant until) {
    /// Nobody can start there yet, but one can wait for it.
    static final Hold COMING = new Hold(null, Instant.MIN);

    /// @param ends when the one who asks will be gone for certain; null where nobody knows
    boolean admits(@Nullable Instant ends) {
        return ends != null && !ends.isAfter(until);
    }
}
