/// Which kernels are installed on this machine, found where Jupyter finds them.
@NullMarked
package sluice.kernels.specs;

import org.jspecify.annotations.NullMarked;
