/// What a month of notebooks would have met under each residency policy: a made-up trace with published
/// statistics, replayed event by event against the very code that decides in production.
@NullMarked
package sluice.scheduling.simulator;

import org.jspecify.annotations.NullMarked;
