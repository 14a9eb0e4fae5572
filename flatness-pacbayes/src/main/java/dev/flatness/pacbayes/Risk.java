package dev.flatness.pacbayes;

import dev.flatness.loss.Loss;
import dev.flatness.surface.Evaluation;

/**
 * The loss in [0, 1] that a bound is about.
 *
 * <p>Formula: the share of wrong predictions, or min(ℓ, B)/B for the loss ℓ of the surface.
 *
 * <p>Source: docs/mathematics.md#bounded-losses.
 */
public final class Risk {
  private static final Risk ZERO_ONE = new Risk(Double.NaN);

  private final double bound;

  private Risk(double bound) {
    this.bound = bound;
  }

  /**
   * Counts wrong predictions.
   *
   * @return the 0-1 loss
   */
  public static Risk zeroOne() {
    return ZERO_ONE;
  }

  /**
   * Clips the loss of the surface.
   *
   * @param largest B, positive
   * @return min(ℓ, B)/B
   */
  public static Risk clipped(double largest) {
    if (!(largest > 0 && Double.isFinite(largest))) {
      throw new IllegalArgumentException(
          "the loss is clipped at " + largest + ", expected a positive number");
    }
    return new Risk(largest);
  }

  /**
   * Tells whether wrong predictions are counted.
   *
   * @return false for a clipped loss
   */
  public boolean isZeroOne() {
    return Double.isNaN(bound);
  }

  /**
   * Returns the largest value of the loss.
   *
   * @return 1 for the 0-1 loss, else B
   */
  public double range() {
    return isZeroOne() ? 1 : bound;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return {@code 0-1} or {@code clipped=B}
   */
  public String id() {
    return isZeroOne() ? "0-1" : "clipped=" + bound;
  }

  /** The loss to evaluate instead of the surface's. */
  Loss evaluated(Loss loss) {
    return isZeroOne() ? loss : new ClippedLoss(loss, bound);
  }

  /** The risk of an evaluation under {@link #evaluated}; 1 where it is no number. */
  double of(Evaluation evaluation) {
    double risk =
        isZeroOne() && !Double.isNaN(evaluation.loss())
            ? 1 - evaluation.accuracy()
            : evaluation.loss();
    return risk >= 0 && risk <= 1 ? risk : 1;
  }

  @Override
  public String toString() {
    return id();
  }
}
