/** Eigenvalues, spectral densities, traces and diagonals of symmetric operators. */
@NullMarked
package dev.flatness.spectral;

import org.jspecify.annotations.NullMarked;
