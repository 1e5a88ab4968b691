/// A process that cannot hurt its neighbours: what it sees, what it may use, and how it is surely ended.
@NullMarked
package sluice.kernels.sandbox;

import org.jspecify.annotations.NullMarked;
