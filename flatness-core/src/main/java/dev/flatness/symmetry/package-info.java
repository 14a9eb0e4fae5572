/**
 * Reparameterizations of a network that leave its function alone: scale classes, positive
 * rescalings, permutations, and norms that do not change under them.
 */
@NullMarked
package dev.flatness.symmetry;

import org.jspecify.annotations.NullMarked;
