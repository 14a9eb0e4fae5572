/**
 * Sets of perturbations, searches for the highest loss in them, and the mean increase under noise.
 *
 * <p>{@link dev.flatness.sharpness.SharpnessSearch} is the entry point for the highest loss, {@link
 * dev.flatness.sharpness.ExpectedIncrease} for the mean.
 */
@NullMarked
package dev.flatness.sharpness;

import org.jspecify.annotations.NullMarked;
