/**
 * Curvature operators, extreme eigenvalues, traces, and the measures made of them.
 *
 * <p>Lanczos and the trace estimator know symmetric operators only; the measures know networks.
 */
@NullMarked
package dev.flatness.hessian;

import org.jspecify.annotations.NullMarked;
