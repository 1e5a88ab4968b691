/// Jupyter's door: its REST and its kernel websockets.
@NullMarked
package sluice.gateway.doors.jupyter;

import org.jspecify.annotations.NullMarked;
