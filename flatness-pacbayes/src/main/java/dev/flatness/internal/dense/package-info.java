/** Chains of dense layers, for passes in which every sample has weights of its own. */
@NullMarked
package dev.flatness.internal.dense;

import org.jspecify.annotations.NullMarked;
