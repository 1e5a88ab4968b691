/// One kernel's conversation with its clients, over process restarts: every message goes through a bounded ring, and
/// each client session reads it from its own cursor, so that nobody loses a line who comes back in time.
@NullMarked
package sluice.kernels.line;

import org.jspecify.annotations.NullMarked;
