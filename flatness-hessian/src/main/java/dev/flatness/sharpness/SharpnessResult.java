package dev.flatness.sharpness;

import dev.flatness.measure.Status;
import java.util.List;

/**
 * The highest loss that a search found in a set of perturbations, a lower bound of the highest one.
 *
 * <p>Units: those of the loss. The perturbation proves the number: evaluate the surface there.
 *
 * @param loss L(θ)
 * @param increase L(θ + δ) − L(θ), at least 0; infinite where the loss is
 * @param perturbation δ
 * @param starts what each start found, in their order
 * @param agreeing how many starts came within 1 % of the largest increase
 * @param gradients how many times loss and gradient were evaluated
 * @param products how many Hessian products the first start took
 * @param status lower bound; infinite where the loss is infinite in the set; overflow where it is
 *     undefined at θ; not converged where time ran out
 * @param reason why it is no plain lower bound, or null
 */
public record SharpnessResult(
    double loss,
    double increase,
    double[] perturbation,
    List<Start> starts,
    int agreeing,
    int gradients,
    int products,
    Status status,
    String reason) {
  /** Copies the perturbation and the list. */
  public SharpnessResult {
    perturbation = perturbation.clone();
    starts = List.copyOf(starts);
  }

  /**
   * What one start found.
   *
   * @param name where it started: {@code eigenvector}, {@code opposite-eigenvector}, {@code
   *     gradient} or {@code random-1} and so on
   * @param increase L(θ + δ) − L(θ) where it ended
   * @param gradients how many times it evaluated loss and gradient
   * @param reason why it stopped
   */
  public record Start(String name, double increase, int gradients, String reason) {}

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
   * @return (L(θ + δ) − L(θ)) / (1 + L(θ))
   */
  public double sharpness() {
    return increase / (1 + loss);
  }
}
