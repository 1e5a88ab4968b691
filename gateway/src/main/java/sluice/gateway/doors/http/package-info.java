/// What every HTTP door shares: the page of routes, signing in, answers and refusals.
@NullMarked
package sluice.gateway.doors.http;

import org.jspecify.annotations.NullMarked;
