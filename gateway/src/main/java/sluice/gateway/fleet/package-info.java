/// What machines we have, and how to ask them.
@NullMarked
package sluice.gateway.fleet;

import org.jspecify.annotations.NullMarked;
