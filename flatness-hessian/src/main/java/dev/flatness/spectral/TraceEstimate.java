package dev.flatness.spectral;

import dev.flatness.measure.Status;

/**
 * An estimated trace.
 *
 * @param value the estimate
 * @param standardError in the unit of the value; of Hutchinson and Hutch++ that of the mean over
 *     probes, of XTrace that of the leave-one-out estimates
 * @param products how many products were used
 * @param method {@code hutchinson}, {@code hutch++} or {@code xtrace}
 * @param targetMet whether the standard error met the target, where there is one
 * @param status estimated; not converged where time ran out before the target and the budget
 * @param reason why it stopped, a clause
 */
public record TraceEstimate(
    double value,
    double standardError,
    int products,
    String method,
    boolean targetMet,
    Status status,
    String reason) {}
