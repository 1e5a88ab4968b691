/// One cycle: whose turn it is, whether there is a place, who has to make room, for whom room is kept, and what
/// each of those who wait is told.
@NullMarked
package sluice.scheduling.queue;

import org.jspecify.annotations.NullMarked;
