/**
 * Curvature matrices of a network, and the measures made of them.
 *
 * <p>{@link dev.flatness.hessian.Hessian} is the entry point: it makes a symmetric operator of a
 * network, a layer or some parameters. The solvers in {@code dev.flatness.spectral} take such an
 * operator.
 */
@NullMarked
package dev.flatness.hessian;

import org.jspecify.annotations.NullMarked;
