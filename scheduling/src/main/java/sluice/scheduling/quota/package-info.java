/// Limits on the pool, on teams and on people, and the books that keep them: nothing is held that is not
/// entered, and nothing is entered that a limit forbids.
@NullMarked
package sluice.scheduling.quota;

import org.jspecify.annotations.NullMarked;
