/**
 * Dense arrays of numbers and their shapes.
 *
 * <p>{@link dev.flatness.tensor.Tensor} is the entry point.
 */
package dev.flatness.tensor;
