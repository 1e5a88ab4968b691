/// Whose state stays on a card while nobody runs on it, and who moves when somebody does: one question, asked
/// by the pool and by the simulator in the same words.
@NullMarked
package sluice.scheduling.residency;

import org.jspecify.annotations.NullMarked;
