/**
 * Losses of a sample, with their first and second derivatives by the outputs.
 *
 * <p>{@link dev.flatness.loss.Loss} is the entry point; {@link dev.flatness.loss.Losses} lists the
 * losses of the library.
 */
@NullMarked
package dev.flatness.loss;

import org.jspecify.annotations.NullMarked;
