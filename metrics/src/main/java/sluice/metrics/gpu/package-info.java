/// See the cards: which there are, what each is doing, and what befell it.
@NullMarked
package sluice.metrics.gpu;

import org.jspecify.annotations.NullMarked;
