/// The kernels and notebook sessions people own, and the rules for touching them.
@NullMarked
package sluice.gateway.sessions;

import org.jspecify.annotations.NullMarked;
