package dev.flatness.attack;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import java.util.List;

/**
 * Makes attacks.
 *
 * <pre>{@code
 * Attack.Result result = Attacks.spectralNorm(1e6).against(Subject.of(surface));
 * System.out.println(result.reached().value() + " at " + result.network());
 * }</pre>
 *
 * <p>All rescale hidden units, so the network at the end computes the same function; {@link
 * Attack.Result#functionResidual} says how exactly. Source: docs/mathematics.md#counter-examples.
 */
public final class Attacks {
  /** The largest factor by which the trace of a layer is lowered unless another one is named. */
  public static final double SPREAD = 1000;

  private static final int CERTIFIED = 10;
  private static final int LEAST_POINTS = 1000;

  private Attacks() {}

  /**
   * Raises the spectral norm of the Hessian.
   *
   * <p>Formula: the unit of the parameter with the largest H_ee, of those into free classes, takes
   * α = √(H_ee/M); then ‖H‖₂ ≥ λ_max ≥ H_ee/α² = M. The number reached is λ_max. Cost: the diagonal
   * of the Hessian, and two Lanczos runs.
   *
   * @param bound M
   * @return the attack
   * @throws IllegalArgumentException if the bound is not positive and finite
   * @see <a href="https://arxiv.org/abs/1703.04933">Dinh et al. 2017, Theorem 4</a>
   */
  public static Attack spectralNorm(double bound) {
    return new SpectralAttack(
        "spectral-norm", Values.TOP, Construction.positive("the bound of spectral-norm", bound));
  }

  /**
   * Raises many eigenvalues at once.
   *
   * <p>Formula: in a chain of K weight layers all but one take 1/β and that one β^{K−1}, β =
   * √(4M/λ_r); biases take the products of the factors before. Let S be the parameters whose ratio
   * is β or more. Then the matrix has at least r − (p − |S|) eigenvalues above M, r its rank and
   * λ_r its smallest eigenvalue that counts to it. The layer that keeps p − |S| smallest is chosen.
   *
   * <p>Below 2,000 parameters the matrix is the dense Gauss–Newton matrix, its rank the number of
   * eigenvalues above 1e-8 of the largest, and the number reached all eigenvalues above M. Above,
   * the 10 largest eigenvalues of the Hessian in the weights that take 1/β are found by Lanczos;
   * each counts whose value less its residual is M or more. Cost: two dense matrices with their
   * eigenvalues, or two Lanczos runs.
   *
   * @param bound M
   * @return the attack
   * @throws IllegalArgumentException if the bound is not positive and finite
   * @see <a href="https://arxiv.org/abs/1703.04933">Dinh et al. 2017, Theorem 5</a>
   */
  public static Attack manyEigenvalues(double bound) {
    return new ManyEigenvalues(
        Construction.positive("the bound of many-eigenvalues", bound), CERTIFIED);
  }

  /**
   * Raises ε-sharpness to that of the best constant function.
   *
   * <p>Formula: the first layer that every path from the input to the output passes takes α =
   * ε/‖θ₁‖, weights and biases alike. At δ = −αθ₁, ‖δ‖ ≤ ε, the layer is 0 and the network computes
   * one constant for every input. So ε-sharpness is at least (L(θ′+δ) − L)/(1 + L), the number
   * reached. The biases after the layer choose the constant, and every constant has at least the
   * loss L* of the best one, so (L* − L)/(1 + L) is predicted. L* is exact for cross-entropy (the
   * frequencies of the classes), binary cross-entropy and squared error (the mean); for other
   * losses nothing is predicted. ε is the setting epsilon.
   *
   * <p>Cost: four passes, and a search for the number before.
   *
   * @return the attack
   * @see <a href="https://arxiv.org/abs/1703.04933">Dinh et al. 2017, §4.3</a>
   */
  public static Attack constantFunction() {
    return new ConstantAttack();
  }

  /**
   * Shows boxes without end in which the loss stays low.
   *
   * <p>Formula: the boxes T_α^k of {@link dev.flatness.hessian.VolumeFlatness}, k = 0 … K. In each
   * the loss is taken at uniform points; where it is not below L + ε at every one, the radius is
   * halved and all boxes are sampled again. The number reached is the logarithm of the volume of
   * box K, from the determinant of its rescaling. Details: {@code logVolumes} and {@code
   * largestIncreases}, one for each box.
   *
   * <p>Cost: that of {@code volume-flatness} and one pass a point.
   *
   * @param boxes K, at least 1
   * @param points the number of points in each box, at least 1,000
   * @return the attack
   * @throws IllegalArgumentException if there are too few boxes or points
   * @see <a href="https://arxiv.org/abs/1703.04933">Dinh et al. 2017, Theorem 2</a>
   */
  public static Attack volume(int boxes, int points) {
    if (boxes < 1 || points < LEAST_POINTS) {
      throw new IllegalArgumentException(
          "there are "
              + boxes
              + " boxes and "
              + points
              + " points in each, expected at least 1 box and "
              + LEAST_POINTS
              + " points");
    }
    return new VolumeAttack(boxes, points);
  }

  /**
   * Raises a number that is not invariant.
   *
   * <p>Formula: by id,
   *
   * <ul>
   *   <li>{@code hessian-trace}, {@code hessian-trace@LAYER}, {@code l2-norm-squared}: the value is
   *       met exactly. A unit with the factor c has fixed + in/c² + out·c², which is solved for c.
   *   <li>{@code hessian-top-eigenvalue}, {@code hessian-frobenius-norm}, {@code
   *       epsilon-sharpness-quadratic}: as {@link #spectralNorm}; the value is a lower bound.
   *   <li>{@code epsilon-sharpness}: a change s of one parameter that raises the loss far enough is
   *       brought into the ball by α = ε/|s|. The number reached is the larger of what that change
   *       and the search of the measure find.
   *   <li>{@code expected-sharpness}: the factor of one unit is moved until the measure reaches the
   *       value (Yi et al. 2019, Theorem 3.2).
   * </ul>
   *
   * <p>Cost: the diagonal of the Hessian, and the number at both networks; for the sharpnesses some
   * 20 to 100 evaluations or estimates on the way.
   *
   * @param id the number
   * @param value what it shall be, above what it is
   * @return the attack
   * @throws IllegalArgumentException if no attack raises the number, or the value is not positive
   *     and finite
   */
  public static Attack raise(String id, double value) {
    String name = "raise " + id;
    Construction.positive("the value that " + id + " is raised to", value);
    if (Values.isLayerTrace(id)) {
      return new SumAttack(name, id, value);
    }
    return switch (id) {
      case Values.TRACE, Values.NORM -> new SumAttack(name, id, value);
      case Values.TOP, Values.FROBENIUS, Values.QUADRATIC -> new SpectralAttack(name, id, value);
      case Values.SHARPNESS -> new SharpnessAttack(name, value);
      case Values.EXPECTED -> new ExpectedAttack(name, value);
      default -> throw unknown(id, "raises");
    };
  }

  /**
   * Lowers a number that is not invariant; the trace of a layer by factors of up to {@link
   * #SPREAD}.
   *
   * @param id the number, as {@link #lower(String, double)}
   * @return the attack
   * @throws IllegalArgumentException if no attack lowers the number
   */
  public static Attack lower(String id) {
    return lower(id, SPREAD);
  }

  /**
   * Lowers a number that is not invariant.
   *
   * <p>Formula: {@code hessian-trace} and {@code l2-norm-squared} go to their minimum on the
   * rescaling orbit. {@code hessian-trace@LAYER} has the infimum 0, which no network has; the units
   * that the layer writes take the factor S, or those that it reads 1/S. For the other ids of
   * {@link #raise} the lower of both minimizers is taken, and nothing is predicted.
   *
   * <p>Cost: a convex minimization and the number at each network.
   *
   * @param id the number
   * @param spread S, above 1
   * @return the attack
   * @throws IllegalArgumentException if no attack lowers the number, or the spread is not above 1
   */
  public static Attack lower(String id, double spread) {
    if (!(spread > 1 && spread < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "spread is " + spread + ", expected a finite number above 1");
    }
    if (!Values.isLayerTrace(id) && !Values.ids().contains(id)) {
      throw unknown(id, "lowers");
    }
    return new LoweringAttack("lower " + id, id, spread);
  }

  /**
   * Lists the numbers of whole networks that can be raised and lowered.
   *
   * @return ids of measures; {@code hessian-trace@LAYER} is possible too
   */
  public static List<String> ids() {
    return Values.ids();
  }

  /**
   * Takes a number as the attacks do.
   *
   * @param id one of {@link #ids}, or {@code hessian-trace@LAYER}
   * @param subject the network, data and loss
   * @return the number
   * @throws IllegalArgumentException if no attack knows the id, or a trace is not exact
   */
  public static Outcome value(String id, Subject subject) {
    if (!Values.isLayerTrace(id) && !Values.ids().contains(id)) {
      throw unknown(id, "knows");
    }
    return Values.of(id, subject);
  }

  private static IllegalArgumentException unknown(String id, String what) {
    return new IllegalArgumentException(
        "no attack "
            + what
            + " \""
            + id
            + "\", expected one of "
            + String.join(", ", Values.ids())
            + " or hessian-trace@LAYER");
  }
}
