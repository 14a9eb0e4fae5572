/**
 * Seeds, from which all randomness is split.
 *
 * <p>{@link dev.flatness.random.Seed} is the entry point.
 */
@NullMarked
package dev.flatness.random;

import org.jspecify.annotations.NullMarked;
