package dev.flatness.spectral;

import dev.flatness.measure.Outcome;

/**
 * An estimated diagonal.
 *
 * @param values one entry a row
 * @param standardErrors one a row, in the unit of the values; 0 where the values are exact to
 *     rounding
 * @param outcome how the entries were found: by {@code products}, one a row, or by {@code probes};
 *     without a value of its own
 */
public record DiagonalEstimate(double[] values, double[] standardErrors, Outcome outcome) {}
