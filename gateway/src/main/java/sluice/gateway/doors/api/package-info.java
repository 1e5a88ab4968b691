/// Sluice's own REST, `/api/v1`, health, and the web pages.
@NullMarked
package sluice.gateway.doors.api;

import org.jspecify.annotations.NullMarked;
