/// The words of scheduling: what is asked for, what there is, who holds what, and what was decided about it.
/// Nothing below this package reads a clock, draws a random number or talks to anybody: the same snapshot and
/// the same moment give the same decisions.
@NullMarked
package sluice.scheduling;

import org.jspecify.annotations.NullMarked;
