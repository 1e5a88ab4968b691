/// The node: what runs on a machine, kept alive and heard whether or not a gateway is there.
@NullMarked
package sluice.kernels;

import org.jspecify.annotations.NullMarked;
