/// Who holds what of the pool and who waits for it: the scheduler's decisions, carried out and written down.
@NullMarked
package sluice.gateway.queue;

import org.jspecify.annotations.NullMarked;
