/// The Prometheus page: every family's name, meaning and unit, and the text a scrape gets.
@NullMarked
package sluice.metrics.page;

import org.jspecify.annotations.NullMarked;
