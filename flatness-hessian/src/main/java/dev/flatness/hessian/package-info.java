/**
 * Curvature matrices of a network, and the measures made of them.
 *
 * <p>{@link dev.flatness.hessian.Hessian} is the entry point: it makes a symmetric operator of a
 * network, a layer or some parameters. The solvers in {@code dev.flatness.spectral} take such an
 * operator. The largest eigenvalue of one layer is the measure {@link
 * dev.flatness.hessian.ExtremeEigenvalue} at that layer; the class {@code LayerSpectra} runs
 * Lanczos on all layers together.
 */
@NullMarked
package dev.flatness.hessian;

import org.jspecify.annotations.NullMarked;
