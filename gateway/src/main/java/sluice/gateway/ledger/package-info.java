/// What it cost: what each team and person may have of the pool, what they were granted, and what they used.
@NullMarked
package sluice.gateway.ledger;

import org.jspecify.annotations.NullMarked;
