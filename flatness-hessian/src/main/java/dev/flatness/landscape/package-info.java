/**
 * Landscapes: the loss on lines and planes through a point, in any coordinates.
 *
 * <p>{@link dev.flatness.landscape.LandscapeEvaluator} evaluates a slice along {@link
 * dev.flatness.landscape.LandscapeDirections}; {@link dev.flatness.landscape.Landscape} holds what
 * it found and numbers that describe it.
 */
@NullMarked
package dev.flatness.landscape;

import org.jspecify.annotations.NullMarked;
