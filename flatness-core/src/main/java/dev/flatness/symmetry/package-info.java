/**
 * Reparameterizations of a network that leave its function unchanged: scale classes, positive
 * rescalings, permutations, and norms that do not change under them.
 */
package dev.flatness.symmetry;
