/// Where something goes: a board of what is free, on which one can also try things, and the rules by which a
/// place is chosen on it.
@NullMarked
package sluice.scheduling.place;

import org.jspecify.annotations.NullMarked;
