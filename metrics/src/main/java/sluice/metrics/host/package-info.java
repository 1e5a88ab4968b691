/// See the node and the sessions on it, through `/proc` and control groups.
@NullMarked
package sluice.metrics.host;

import org.jspecify.annotations.NullMarked;
