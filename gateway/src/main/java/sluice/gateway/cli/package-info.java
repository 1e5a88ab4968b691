/// The commands that talk to a running pool: people, tokens, kernels, and how the pool is.
@NullMarked
package sluice.gateway.cli;

import org.jspecify.annotations.NullMarked;
