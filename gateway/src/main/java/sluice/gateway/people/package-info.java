/// Who uses the pool, what they may do, and what they did.
@NullMarked
package sluice.gateway.people;

import org.jspecify.annotations.NullMarked;
