/**
 * Matrix products and symmetric linear operators.
 *
 * <p>{@link dev.flatness.linalg.SymmetricOperator} is the entry point: solvers and estimators take
 * one. {@link dev.flatness.linalg.Gemms} finds the matrix products that work on this machine.
 */
@NullMarked
package dev.flatness.linalg;

import org.jspecify.annotations.NullMarked;
