package dev.flatness.robustness;

import dev.flatness.measure.Outcome;
import java.util.Objects;

/**
 * The feature robustness E_F(δ, A) of a layer at one δ, with what the theory predicts.
 *
 * <p>Units: loss; δ, margin and share are numbers without a unit. Errors: none; a number that is
 * not defined is NaN.
 *
 * <p>Source: Petzka et al. 2021, Def. 1 and Thm 5; docs/mathematics.md#feature-robustness.
 *
 * @param layer the layer's name
 * @param perturbation which A, for instance {@code haar}
 * @param delta δ
 * @param draws how many A in pairs ±A, or 1 for a given one
 * @param value E_F, with its standard error over the draws; of a search its best, a lower bound
 * @param predicted what the loss's second-order expansion at the weights gives; of {@code
 *     worst-case} the bound δ²κ/2, which holds at a minimum
 * @param predictedError the standard error of the prediction, 0 where it is exact
 * @param kinkMargin the δ below which no unit changes sides of a kink, whatever A of norm 1;
 *     infinite where no kink follows the layer
 * @param changedPatterns the share of samples on which a unit changed sides, over all draws
 * @param rounding what rounding may have added to the value
 * @param epsilon the largest |E_F(α)| over all α ≤ δ of the run: the ε of Def. 1 on this grid
 */
public record Robustness(
    String layer,
    String perturbation,
    double delta,
    int draws,
    Outcome value,
    double predicted,
    double predictedError,
    double kinkMargin,
    double changedPatterns,
    double rounding,
    double epsilon) {
  /** The name used in reports. */
  public static final String ID = "feature-robustness";

  /**
   * Checks that nothing is missing.
   *
   * @param layer the layer's name
   * @param perturbation which A
   * @param delta δ
   * @param draws how many A
   * @param value E_F
   * @param predicted what the second-order expansion gives
   * @param predictedError its standard error
   * @param kinkMargin the δ below which no unit changes sides of a kink
   * @param changedPatterns the share of samples on which a unit changed sides
   * @param rounding what rounding may have added
   * @param epsilon the largest |E_F(α)| over α ≤ δ
   */
  public Robustness {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(perturbation, "perturbation");
    Objects.requireNonNull(value, "value");
  }

  /**
   * Returns the measured over the predicted number.
   *
   * @return E_F / predicted; NaN where nothing is predicted
   */
  public double ratio() {
    return value.value() / predicted;
  }

  /**
   * Returns the standard error of the ratio.
   *
   * @return that of the draws and of the prediction together; NaN for one draw
   */
  public double ratioError() {
    double own = value.standardError().orElse(Double.NaN) / Math.abs(predicted);
    return Math.hypot(own, ratio() * predictedError / predicted);
  }

  Robustness withEpsilon(double largest) {
    return new Robustness(
        layer,
        perturbation,
        delta,
        draws,
        value,
        predicted,
        predictedError,
        kinkMargin,
        changedPatterns,
        rounding,
        largest);
  }
}
