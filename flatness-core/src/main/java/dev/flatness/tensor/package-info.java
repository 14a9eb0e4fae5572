/**
 * Dense arrays of numbers and their shapes.
 *
 * <p>{@link dev.flatness.tensor.Tensor} is the entry point.
 */
@NullMarked
package dev.flatness.tensor;

import org.jspecify.annotations.NullMarked;
