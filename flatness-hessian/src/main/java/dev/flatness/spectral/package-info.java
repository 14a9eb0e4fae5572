/**
 * Eigenvalues, spectral densities, traces and diagonals of symmetric operators.
 *
 * <p>Each solver is an entry point, as {@link dev.flatness.spectral.ThickRestartLanczos} for
 * eigenpairs, {@link dev.flatness.spectral.StochasticLanczos} for densities and {@link
 * dev.flatness.spectral.TraceEstimator} for traces.
 */
@NullMarked
package dev.flatness.spectral;

import org.jspecify.annotations.NullMarked;
