package dev.flatness.report;

/**
 * The loss at the measured point.
 *
 * @param kind the loss, for instance {@code cross-entropy}
 * @param value the mean over the dataset
 * @param accuracy the share of correctly classified samples, or NaN where the loss knows none
 * @param gradientNorm the 2-norm of the gradient over all parameters, or NaN where not computed
 */
public record ReportLoss(String kind, double value, double accuracy, double gradientNorm) {}
