/// Gather once a second what cards, node and sessions are doing, and keep the last minutes of it.
@NullMarked
package sluice.metrics;

import org.jspecify.annotations.NullMarked;
