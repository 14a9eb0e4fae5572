package dev.flatness.spectral;

import dev.flatness.measure.Status;

/**
 * An estimated diagonal.
 *
 * @param values one entry a row
 * @param standardErrors one a row, in the unit of the values; 0 where the values are exact to
 *     rounding
 * @param products how many products were used
 * @param method {@code exact} for closed forms, {@code products} for one product a row, {@code
 *     probes} for random signs
 * @param targetMet whether the standard errors met the target, where there is one
 * @param status exact where every row was multiplied; estimated; not converged where time ran out
 *     before the target and the budget
 * @param reason why it stopped, a clause
 */
public record DiagonalEstimate(
    double[] values,
    double[] standardErrors,
    int products,
    String method,
    boolean targetMet,
    Status status,
    String reason) {}
