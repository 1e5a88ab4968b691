/// What gateway and node share as programs.
@NullMarked
package sluice.kernels.program;

import org.jspecify.annotations.NullMarked;
