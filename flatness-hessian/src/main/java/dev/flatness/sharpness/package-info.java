/**
 * Sets of perturbations, searches for the highest loss in them, and the mean increase under noise.
 */
@NullMarked
package dev.flatness.sharpness;

import org.jspecify.annotations.NullMarked;
