/// The node program: puts its rooms together and answers the gateway.
@NullMarked
package sluice.kernels.node;

import org.jspecify.annotations.NullMarked;
