/**
 * The fluent API: measures and spectra of a network on data under a loss.
 *
 * <p>{@link dev.flatness.Flatness} is the entry point.
 */
@NullMarked
package dev.flatness;

import org.jspecify.annotations.NullMarked;
