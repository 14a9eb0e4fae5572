package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Estimates by how much random perturbations raise the loss on average.
 *
 * <p>Formula: E L(θ+u) − L(θ) as the mean of ½ ((L(θ+u) − L(θ)) + (L(θ−u) − L(θ))) over antithetic
 * pairs ±u. Odd orders cancel: on a quadratic a pair gives ½ uᵀHu, whatever the gradient. All
 * losses are those of {@link LossSurface#inDouble()}.
 *
 * <p>The standard error is √(s²/N + r²): s the deviation of the N pairs, r the rounding of L(θ),
 * which all pairs share, so that their deviation does not show it. r is measured: see {@link
 * Result#rounding}. An increase that is not above the rounding has a reason that says so.
 *
 * <p>Defaults: 64 pairs (ours: a relative standard error of 18 % at worst on a positive
 * semidefinite quadratic) and no target. Cost: one evaluation of θ, two a pair and four for the
 * rounding, 1 pass a sample each, in float64. A target stops earlier, after 8 pairs at the soonest;
 * one that the budget does not reach gives the status not-converged.
 *
 * <p>Source: Neyshabur et al. 2017, §3; Yi et al. 2019, Def. 2.1. Immutable.
 */
public final class ExpectedIncrease {
  private static final String METHOD = "antithetic-pairs";
  private static final int FEWEST = 8;
  private static final ExpectedIncrease DEFAULTS = new ExpectedIncrease(64, 0);

  private final int pairs;
  private final double target;

  private ExpectedIncrease(int pairs, double target) {
    this.pairs = pairs;
    this.target = target;
  }

  /** A law of perturbations that is symmetric about 0. */
  @FunctionalInterface
  public interface Noise {
    /**
     * Draws a perturbation.
     *
     * @param random where its randomness comes from
     * @param u receives it
     */
    void draw(RandomGenerator random, double[] u);

    /**
     * Returns independent normal perturbations.
     *
     * @param sigma their standard deviation σ
     * @return N(0, σ² I)
     * @throws IllegalArgumentException unless σ is positive and finite
     */
    static Noise gaussian(double sigma) {
      requirePositive("standard deviation of the noise", sigma);
      return (random, u) -> {
        for (int i = 0; i < u.length; i++) {
          u[i] = sigma * random.nextGaussian();
        }
      };
    }

    /**
     * Returns normal perturbations relative to the parameters.
     *
     * @param theta θ
     * @param rho their standard deviation ρ relative to |θ_i|
     * @return the law of ρ |θ| ∘ N(0, I)
     * @throws IllegalArgumentException unless ρ is positive and finite
     */
    static Noise relative(double[] theta, double rho) {
      Noise gaussian = gaussian(rho);
      double[] scales = theta.clone();
      return (random, u) -> {
        gaussian.draw(random, u);
        for (int i = 0; i < u.length; i++) {
          u[i] *= Math.abs(scales[i]);
        }
      };
    }

    /**
     * Returns perturbations that are uniform in a ball of the 2-norm.
     *
     * @param epsilon its radius ε
     * @return the law of ε V^{1/p} g/‖g‖, V uniform in (0, 1), g normal
     * @throws IllegalArgumentException unless ε is positive and finite
     */
    static Noise uniformInBall(double epsilon) {
      requirePositive("radius of the noise", epsilon);
      return (random, u) -> {
        for (int i = 0; i < u.length; i++) {
          u[i] = random.nextGaussian();
        }
        double length =
            epsilon * StrictMath.pow(random.nextDouble(), 1.0 / u.length) / Vectors.norm(u);
        for (int i = 0; i < u.length; i++) {
          u[i] *= length;
        }
      };
    }

    private static void requirePositive(String name, double value) {
      if (!(value > 0 && Double.isFinite(value))) {
        throw new IllegalArgumentException(
            "the " + name + " is " + value + ", expected a positive number");
      }
    }
  }

  /**
   * What the pairs gave.
   *
   * @param mean the estimate of E L(θ+u) − L(θ), with its standard error over pairs; +∞ with the
   *     status infinite where a perturbed loss is, overflow where one is undefined
   * @param loss L(θ)
   * @param pairs how many pairs were drawn
   * @param rounding r, the root mean square change of L(θ) when the parameters change by last
   *     places
   */
  public record Result(Outcome mean, double loss, int pairs, double rounding) {}

  /**
   * Returns the defaults.
   *
   * @return 64 pairs, no target
   */
  public static ExpectedIncrease withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the budget of the measures: all of them together take minutes on a large network.
   *
   * @return 16 pairs, no target
   */
  public static ExpectedIncrease ofMeasures() {
    return DEFAULTS.withPairs(16);
  }

  /**
   * Returns this estimator with another budget.
   *
   * @param count how many pairs, at most
   * @return the changed copy
   * @throws IllegalArgumentException if less than 2
   */
  public ExpectedIncrease withPairs(int count) {
    if (count < 2) {
      throw new IllegalArgumentException(
          "the number of pairs is " + count + ", expected at least 2 for a standard error");
    }
    return new ExpectedIncrease(count, target);
  }

  /**
   * Returns this estimator with a target that ends it before its budget is spent.
   *
   * @param relative the standard error relative to the estimate
   * @return the changed copy
   * @throws IllegalArgumentException unless 0 &lt; relative &lt; 1
   */
  public ExpectedIncrease withTargetRelativeError(double relative) {
    if (!(relative > 0 && relative < 1)) {
      throw new IllegalArgumentException(
          "the target of the relative standard error is "
              + relative
              + ", expected a number between 0 and 1");
    }
    return new ExpectedIncrease(pairs, relative);
  }

  /**
   * Returns the budget.
   *
   * @return how many pairs, at most
   */
  public int pairs() {
    return pairs;
  }

  /**
   * Estimates.
   *
   * @param surface L
   * @param theta θ
   * @param noise the law of u
   * @param seed the root of all randomness
   * @return the mean increase with its standard error
   */
  public Result estimate(LossSurface surface, double[] theta, Noise noise, Seed seed) {
    return estimate(surface, theta, noise, seed, Monitor.NONE);
  }

  /**
   * Estimates until a monitor stops it.
   *
   * @param surface L
   * @param theta θ
   * @param noise the law of u
   * @param seed the root of all randomness
   * @param monitor receives the number of pairs; asked before every pair
   * @return the mean increase with its standard error
   */
  public Result estimate(
      LossSurface surface, double[] theta, Noise noise, Seed seed, Monitor monitor) {
    LossSurface fine = surface.inDouble();
    double loss = fine.value(theta);
    double rounding = Rounding.of(fine, theta, loss, seed.split("rounding"));
    double[] samples = new double[pairs];
    double[] u = new double[theta.length];
    double[] moved = new double[theta.length];
    int done = 0;
    boolean reached = false;
    while (done < pairs && !reached && !monitor.stopped()) {
      noise.draw(seed.split(done).generator(), u);
      try {
        double up = rise(fine, theta, u, 1, moved, loss);
        samples[done] = 0.5 * (up + rise(fine, theta, u, -1, moved, loss));
      } catch (PassStoppedException late) {
        break;
      }
      done++;
      if (!Double.isFinite(samples[done - 1])) {
        return new Result(notFinite(samples[done - 1]), loss, done, rounding);
      }
      monitor.update("pairs", done, pairs);
      if (target > 0 && done >= FEWEST) {
        Outcome mean = mean(samples, done, rounding);
        reached = mean.standardError().orElse(Double.NaN) <= target * Math.abs(mean.value());
      }
    }
    if (done == 0) {
      return new Result(
          Outcome.of(Double.NaN, METHOD, Status.NOT_CONVERGED).because(monitor.whyStopped()),
          loss,
          0,
          rounding);
    }
    boolean missed = target > 0 && !reached && done == pairs;
    String reason =
        reached
            ? "the standard error met its target"
            : missed
                ? "the target of "
                    + target
                    + " for the relative standard error was not reached in "
                    + pairs
                    + " pairs"
                : monitor.ending(done, pairs, "pairs");
    boolean wanting = (!reached && (missed || done < pairs)) || done < 2;
    Outcome mean = mean(samples, done, rounding);
    if (Math.abs(mean.value()) <= 2 * rounding) {
      reason +=
          "; the increase is not above the rounding of the loss, so take larger perturbations";
    }
    return new Result(
        mean.withStatus(wanting ? Status.NOT_CONVERGED : Status.ESTIMATED).because(reason),
        loss,
        done,
        rounding);
  }

  /** The mean of the pairs; the rounding of L(θ) that they share adds in quadrature. */
  private static Outcome mean(double[] samples, int count, double rounding) {
    Outcome shared =
        Outcome.of(0, METHOD, Status.ESTIMATED)
            .withStandardError(rounding, Interval.student(0, rounding, Rounding.DRAWS));
    Outcome mean = Outcome.mean(Arrays.copyOf(samples, count), METHOD);
    return count < 2 ? mean : Outcome.sum(List.of(shared, mean));
  }

  private static double rise(
      LossSurface surface, double[] theta, double[] u, int sign, double[] moved, double loss) {
    for (int i = 0; i < theta.length; i++) {
      moved[i] = theta[i] + sign * u[i];
    }
    return surface.value(moved) - loss;
  }

  private static Outcome notFinite(double sample) {
    boolean infinite = sample == Double.POSITIVE_INFINITY;
    return Outcome.of(sample, METHOD, infinite ? Status.INFINITE : Status.OVERFLOW)
        .because("the loss is " + (infinite ? "infinite" : "undefined") + " at a perturbation");
  }

  /** Two estimators are equal when they have the same budget and target. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ExpectedIncrease that && pairs == that.pairs && target == that.target;
  }

  @Override
  public int hashCode() {
    return 31 * pairs + Double.hashCode(target);
  }
}
