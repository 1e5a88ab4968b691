/// `/metrics`: what the pool knows of itself, beside what nodes measure.
@NullMarked
package sluice.gateway.doors.metrics;

import org.jspecify.annotations.NullMarked;
