/// Where nodes come in: the gateway's end of the link.
@NullMarked
package sluice.gateway.doors.nodes;

import org.jspecify.annotations.NullMarked;
