/**
 * Eigenvalues, spectral densities, traces and diagonals of symmetric operators.
 *
 * <p>Each solver is an entry point: {@link dev.flatness.spectral.Lanczos} for the largest and the
 * smallest eigenvalue, {@link dev.flatness.spectral.ThickRestartLanczos} for several eigenpairs,
 * {@link dev.flatness.spectral.StochasticLanczos} for densities, {@link
 * dev.flatness.spectral.TraceEstimator} for traces and {@link
 * dev.flatness.spectral.DiagonalEstimator} for diagonals.
 */
@NullMarked
package dev.flatness.spectral;

import org.jspecify.annotations.NullMarked;
