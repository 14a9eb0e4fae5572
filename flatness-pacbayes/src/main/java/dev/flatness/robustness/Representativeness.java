package dev.flatness.robustness;

import dev.flatness.data.Dataset;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Representativeness of a sample in the feature space of a dense layer, and the generalization
 * approximation that it and relative flatness make.
 *
 * <p>Formula: over random halves of the samples, E_Rep = mean over the half held out of ℓ(f(x), y)
 * − mean over the other half of E_{ξ∼k_h} ℓ(ψ(φ(x_i) + ξ), y_i), h = δ‖φ(x_i)‖, k_h a Gaussian of
 * standard deviation h·s cut at radius h; labels stay. The approximation of the gap is E_Rep +
 * E[‖ξ‖²/‖φ‖²] κ_Tr/(2m).
 *
 * <p>Units: loss. Cost: per draw of noise and δ two passes of the network from the layer on; n² m
 * operations for the distances between n samples of m features. Memory: the features of all
 * samples, and a number per sample, split and δ. Errors: a convolution is refused, for noise on the
 * features it reads is no change of its patches; so are fewer than 4 samples. Immutable; the same
 * seed gives the same bits on any number of threads.
 *
 * <p>Source: Petzka et al. 2021, §6, eqs. 3, 5, 6 and Thm 6;
 * docs/mathematics.md#representativeness.
 */
public final class Representativeness {
  private static final double[] DELTAS = {1e-3, 1e-2, 1e-1};

  /** Of points held out, above which kernels that hold none of them say nothing. */
  private static final double MOST_OUTSIDE = 0.5;

  private final double[] deltas;
  private final int draws;
  private final int splits;
  private final double width;
  private final @Nullable RateConstants constants;
  private final @Nullable Dataset test;

  private Representativeness(
      double[] deltas,
      int draws,
      int splits,
      double width,
      @Nullable RateConstants constants,
      @Nullable Dataset test) {
    this.deltas = deltas;
    this.draws = draws;
    this.splits = splits;
    this.width = width;
    this.constants = constants;
    this.test = test;
  }

  /**
   * Returns the computation at δ = 0.001, 0.01 and 0.1 over 10 splits with 200 draws of noise and
   * kernels of width 1.
   *
   * @return the defaults
   */
  public static Representativeness withDefaults() {
    return new Representativeness(DELTAS, 200, 10, 1, null, null);
  }

  /**
   * Changes the δ.
   *
   * @param values at least one, each positive; sorted
   * @return the changed copy
   * @throws IllegalArgumentException if there is none or one is not positive
   */
  public Representativeness withDeltas(double... values) {
    double[] sorted = FeatureRobustness.Deltas.sorted(values);
    return new Representativeness(sorted, draws, splits, width, constants, test);
  }

  /**
   * Changes the number of draws of noise for each sample, in pairs ±ξ.
   *
   * @param count at least 1
   * @return the changed copy
   * @throws IllegalArgumentException if it is smaller
   */
  public Representativeness withDraws(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "the number of draws is " + count + ", expected at least 1");
    }
    return new Representativeness(deltas, count, splits, width, constants, test);
  }

  /**
   * Changes the number of random halves.
   *
   * @param count at least 2, so that there is a spread
   * @return the changed copy
   * @throws IllegalArgumentException if it is smaller
   */
  public Representativeness withSplits(int count) {
    if (count < 2) {
      throw new IllegalArgumentException(
          "the number of splits is " + count + ", expected at least 2: one has no spread");
    }
    return new Representativeness(deltas, draws, count, width, constants, test);
  }

  /**
   * Changes the kernel.
   *
   * @param s the standard deviation of the Gaussian over the radius it is cut at, positive
   * @return the changed copy
   * @throws IllegalArgumentException if it is not positive
   */
  public Representativeness withKernelWidth(double s) {
    return new Representativeness(
        deltas, draws, splits, new RadialLaw(1, s).width(), constants, test);
  }

  /**
   * Asks for the rate of Theorem 6.
   *
   * @param values the constants that the theorem leaves open
   * @return the changed copy
   */
  public Representativeness withConstants(RateConstants values) {
    return new Representativeness(deltas, draws, splits, width, values, test);
  }

  /**
   * Names test data, on which the gap is measured.
   *
   * @param data of the same shapes as the data
   * @return the changed copy
   */
  public Representativeness withTest(Dataset data) {
    return new Representativeness(deltas, draws, splits, width, constants, data);
  }

  /**
   * Computes representativeness and the approximation.
   *
   * @param subject the network, data and loss
   * @param layer a dense layer
   * @return one result for each δ, ascending
   * @throws IllegalArgumentException for a convolution, fewer than 4 samples or test data that do
   *     not fit
   */
  public List<Representative> of(Subject subject, Node layer) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    run.requireDense("representativeness");
    int n = run.pass().samples();
    if (n < 4) {
      throw new IllegalArgumentException(
          "there are " + n + " samples, but two halves need at least 4; give more data");
    }
    RadialLaw law = new RadialLaw(run.weight().columns(), width);
    Seed seed = subject.seed().split("representativeness").split(layer.name());
    FeatureSamples samples = FeatureSamples.of(run);
    int[] done = {0};
    double[][] changes = changes(run, subject, law, seed.split("noise"), done);
    boolean[][] training = training(n, seed.split("splits"));
    Neighbours.Found found =
        new Neighbours(samples.features(), law).find(deltas, training, run.workers());
    Outcome kappa = run.relativeFlatness();
    Optional<FeatureSamples> tested =
        test == null ? Optional.empty() : Optional.of(testSamples(run, test));
    List<Representative> all = new ArrayList<>();
    for (int d = 0; d < deltas.length; d++) {
      Outcome noise = Outcome.mean(changes[d], "noise");
      Outcome value = representativeness(samples.losses(), changes[d], training, noise);
      double spread = Math.sqrt(splitVariance(samples.losses(), changes[d], training));
      if (found.outside()[d] > MOST_OUTSIDE) {
        value =
            value
                .withStatus(Status.UNINFORMATIVE)
                .because("more than half of the points held out lie outside every kernel");
      }
      if (done[0] < draws) {
        value =
            value
                .withStatus(Status.NOT_CONVERGED)
                .because(subject.monitor().ending(done[0], draws, "draws"));
      }
      int m = law.dimension();
      double flatness = deltas[d] * deltas[d] * law.meanSquare() * kappa.value() / (2 * m);
      all.add(
          new Representative(
              layer.name(),
              deltas[d],
              splits,
              value,
              spread,
              noise,
              found.outside()[d],
              samples.otherLabel(found, deltas[d]),
              found.logLikelihood()[d],
              value.value() + flatness,
              constants == null
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(constants.rate(n, m, kappa.value())),
              tested.map(t -> decomposition(samples, t, noise.value(), flatness))));
    }
    return all;
  }

  private static Representative.Decomposition decomposition(
      FeatureSamples on, FeatureSamples tested, double noise, double flatness) {
    Outcome train = Outcome.mean(on.losses(), "samples");
    Outcome held = Outcome.mean(tested.losses(), "samples");
    double gap = held.value() - train.value();
    double error =
        Math.hypot(
            held.standardError().orElse(Double.NaN), train.standardError().orElse(Double.NaN));
    return new Representative.Decomposition(gap, error, gap - noise, gap - noise + flatness);
  }

  private static FeatureSamples testSamples(RobustnessRun run, Dataset data) {
    NetworkSurface on = run.surface();
    NetworkSurface other = NetworkSurface.of(on.network(), data, on.loss(), on.options());
    return FeatureSamples.of(new ChangePass(other, run.weight().node()), run.workers());
  }

  /** E_ξ ℓ(ψ(φ + ξ), y) − ℓ by δ and sample. */
  private double[][] changes(
      RobustnessRun run, Subject subject, RadialLaw law, Seed seed, int[] done) {
    double[][] sums = new double[deltas.length][run.pass().samples()];
    Directions directions = new NoiseDirections(run.weight(), seed, law);
    done[0] =
        new Sweep(run.pass(), directions, deltas, run.workers())
            .run(
                draws,
                subject.monitor(),
                "noise on the features of " + run.weight().node().name(),
                (chunk, draw, d, plus, minus, crossedPlus, crossedMinus, rounding) -> {
                  for (int i = 0; i < chunk.count(); i++) {
                    sums[d][chunk.first() + i] += plus[i] + minus[i];
                  }
                });
    for (double[] row : sums) {
      for (int i = 0; i < row.length; i++) {
        row[i] /= 2.0 * done[0];
      }
    }
    return sums;
  }

  private boolean[][] training(int n, Seed seed) {
    boolean[][] training = new boolean[splits][n];
    for (int split = 0; split < splits; split++) {
      RandomGenerator random = seed.split(split).generator();
      int left = n / 2;
      for (int i = 0; i < n; i++) {
        if (random.nextInt(n - i) < left) {
          training[split][i] = true;
          left--;
        }
      }
    }
    return training;
  }

  private static double[] ofSplits(double[] losses, double[] changes, boolean[][] training) {
    double[] values = new double[training.length];
    for (int split = 0; split < training.length; split++) {
      Sum held = new Sum();
      Sum trained = new Sum();
      int count = 0;
      for (int i = 0; i < losses.length; i++) {
        if (training[split][i]) {
          trained.add(losses[i] + changes[i]);
          count++;
        } else {
          held.add(losses[i]);
        }
      }
      values[split] = held.value() / (losses.length - count) - trained.value() / count;
    }
    return values;
  }

  private static double splitVariance(double[] losses, double[] changes, boolean[][] training) {
    double error =
        Outcome.mean(ofSplits(losses, changes, training), "splits")
            .standardError()
            .orElse(Double.NaN);
    return error * error * training.length;
  }

  private static Outcome representativeness(
      double[] losses, double[] changes, boolean[][] training, Outcome noise) {
    Outcome value = Outcome.mean(ofSplits(losses, changes, training), "splits");
    double error =
        Math.hypot(
            value.standardError().orElse(Double.NaN), noise.standardError().orElse(Double.NaN));
    return value.withStandardError(error);
  }
}
