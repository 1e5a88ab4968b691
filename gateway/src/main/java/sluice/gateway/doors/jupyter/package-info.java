/// Jupyter's server and gateway protocol.
@NullMarked
package sluice.gateway.doors.jupyter;

import org.jspecify.annotations.NullMarked;
