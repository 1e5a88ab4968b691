/// What could carry messages between gateway and node, measured side by side: two programs, one machine, one run.
@NullMarked
package sluice.bench.link;

import org.jspecify.annotations.NullMarked;
