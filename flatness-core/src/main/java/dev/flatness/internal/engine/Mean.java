package dev.flatness.internal.engine;

/**
 * A mean over samples with their number, which is its weight beside means over other samples.
 *
 * @param value the mean
 * @param samples the number of samples
 */
public record Mean<T>(T value, int samples) {}
