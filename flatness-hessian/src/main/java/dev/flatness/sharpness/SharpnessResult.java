package dev.flatness.sharpness;

import dev.flatness.measure.Outcome;
import java.util.List;

/**
 * The highest loss that a search found in a set of perturbations, a lower bound of the highest one.
 *
 * <p>Units: those of the loss. The perturbation proves the number: evaluate the surface there.
 *
 * @param increase L(θ + δ) − L(θ), at least 0, a lower bound, with the rounding of L(θ) as its
 *     standard error; infinite where the loss is infinite in the set, an overflow where it is
 *     undefined at θ, not converged where the search was stopped; its products are those that the
 *     first start took
 * @param loss L(θ)
 * @param perturbation δ
 * @param starts what each start found, in their order
 * @param agreeing how many starts that converged came within 1 % of the largest increase
 * @param gradients how many times loss and gradient were evaluated
 */
public record SharpnessResult(
    Outcome increase,
    double loss,
    double[] perturbation,
    List<Start> starts,
    int agreeing,
    int gradients) {
  /**
   * Copies the perturbation and the list.
   *
   * @param increase L(θ + δ) − L(θ), at least 0, a lower bound, with the rounding of L(θ) as its
   *     standard error; infinite where the loss is infinite in the set, an overflow where it is
   *     undefined at θ, not converged where the search was stopped; its products are those that the
   *     first start took
   * @param loss L(θ)
   * @param perturbation δ
   * @param starts what each start found, in their order
   * @param agreeing how many starts that converged came within 1 % of the largest increase
   * @param gradients how many times loss and gradient were evaluated
   */
  public SharpnessResult {
    perturbation = perturbation.clone();
    starts = List.copyOf(starts);
  }

  /**
   * What one start found.
   *
   * @param name where it started: {@code eigenvector}, {@code opposite-eigenvector}, {@code
   *     gradient}, {@code random-1} and so on, {@code beyond-kinks-1} and so on
   * @param increase L(θ + δ) − L(θ) where it ended
   * @param gradients how many times it evaluated loss and gradient
   * @param converged whether it came to where no step gains more; not if a limit ended it
   * @param reason why it stopped
   */
  public record Start(
      String name, double increase, int gradients, boolean converged, String reason) {}

  /**
   * Returns the perturbation.
   *
   * @return a copy of δ
   */
  @Override
  public double[] perturbation() {
    return perturbation.clone();
  }

  /**
   * Returns ε-sharpness: the increase relative to 1 + L(θ).
   *
   * <p>Formula: (L(θ + δ) − L(θ)) / (1 + L(θ)).
   *
   * @return the number, with the increase's status
   */
  public Outcome sharpness() {
    return increase.times(1 / (1 + loss)).withValue(increase.value() / (1 + loss));
  }

  /**
   * Returns how far apart the ends of the starts are: the spread that another draw of the starts
   * may be expected to show.
   *
   * @return (largest − smallest increase) / largest; 0 for one start
   */
  public double spread() {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Start start : starts) {
      if (Double.isFinite(start.increase())) {
        least = Math.min(least, start.increase());
        most = Math.max(most, start.increase());
      }
    }
    return most > least ? (most - least) / Math.abs(most) : 0;
  }
}
