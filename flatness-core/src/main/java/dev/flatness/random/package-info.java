/**
 * Seeds, from which all randomness is split.
 *
 * <p>{@link dev.flatness.random.Seed} is the entry point.
 */
package dev.flatness.random;
