/**
 * Reparameterizations of a network that do not change its function: scale classes, positive
 * rescalings, permutations, and norms that do not change under them.
 */
@NullMarked
package dev.flatness.symmetry;

import org.jspecify.annotations.NullMarked;
