/// Who is due how much: use that is forgotten with time, shares that are divided by what is deserved and then
/// by weight, and the order of those who are due something.
@NullMarked
package sluice.scheduling.share;

import org.jspecify.annotations.NullMarked;
