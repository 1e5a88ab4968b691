/// The gateway program: the composition root and the command line.
@NullMarked
package sluice.gateway;

import org.jspecify.annotations.NullMarked;
