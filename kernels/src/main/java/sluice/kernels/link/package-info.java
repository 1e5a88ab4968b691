/// What gateway and node say to each other: one multiplexed connection that the node opens, in lanes.
/// `docs/decisions/003-link.md` has the frames and why they are ours.
@NullMarked
package sluice.kernels.link;

import org.jspecify.annotations.NullMarked;
