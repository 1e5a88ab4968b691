/// `sluice up`: the whole pool from one command. Starts the database, the gateway and the node, keeps them running,
/// says what it does, and stops them in order.
@NullMarked
package sluice.gateway.up;

import org.jspecify.annotations.NullMarked;
