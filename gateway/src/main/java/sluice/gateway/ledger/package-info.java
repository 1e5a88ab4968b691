/// Who may have how much, and who had how much.
@NullMarked
package sluice.gateway.ledger;

import org.jspecify.annotations.NullMarked;
