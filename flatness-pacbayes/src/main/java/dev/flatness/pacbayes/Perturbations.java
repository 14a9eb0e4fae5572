package dev.flatness.pacbayes;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.pacbayes.ScaleBisection.Drop;
import dev.flatness.pacbayes.ScaleBisection.Found;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The scales of perturbations that cost a tenth of the accuracy, as facts of a subject. */
final class Perturbations {
  /** ε₀ (Jiang et al. 2020, App. C). */
  static final double FLOOR = 1e-3;

  static final int DRAWS = 10;

  /** σ: Gaussian noise of one standard deviation. */
  static final Fact<Found> NOISE = noise("accuracy under noise", false);

  /** σ′: Gaussian noise that grows with the weights. */
  static final Fact<Found> RELATIVE_NOISE = noise("accuracy under relative noise", true);

  /** α: the worst perturbation of a box. */
  static final Fact<Found> WORST = worst("worst accuracy in a box", false);

  /** α′: the worst perturbation of a box that grows with the weights. */
  static final Fact<Found> RELATIVE_WORST = worst("worst accuracy in a relative box", true);

  /** Ours: a search at each of some 15 scales. */
  private static final SharpnessSearch SEARCH =
      SharpnessSearch.ofMeasures().withStarts(3).withStartsBeyondKinks(0);

  private static final int PRODUCTS = 20;
  private static final double START = 0.1;
  private static final double FACTOR = 4;

  private Perturbations() {}

  private static Fact<Found> noise(String name, boolean relative) {
    return Fact.random(name, subject -> noise(subject, relative, DRAWS, ScaleBisection.WIDTH))
        .costing(Pass.VALUE, 15.0 * DRAWS);
  }

  private static Fact<Found> worst(String name, boolean relative) {
    List<Work> work =
        List.of(
            new Work(name + ": gradients", Pass.GRADIENT, 300),
            new Work(name + ": eigenvectors", Pass.HESSIAN_PRODUCT, 2.0 * PRODUCTS));
    return Fact.random(name, subject -> worst(subject, relative))
        .costing((network, settings) -> work);
  }

  /** The draws stay the same at every scale, so that the mean is nearly monotone. */
  static Found noise(Subject subject, boolean relative, int draws, double width) {
    double accuracy = subject.get(Facts.EVALUATION).accuracy();
    if (accuracy <= ScaleBisection.DROP) {
      return hopeless(accuracy);
    }
    boolean squared = subject.settings().get(JiangMeasures.VARIANCE_AS_DEVIATION);
    double[] theta = subject.theta();
    double[] sample = new double[theta.length];
    double[] drops = new double[draws];
    Seed seed = subject.seed().split("accuracy under noise");
    return ScaleBisection.largest(
        START * size(theta),
        FACTOR,
        width,
        scale -> {
          for (int k = 0; k < draws; k++) {
            RandomGenerator random = seed.split(k).generator();
            for (int i = 0; i < theta.length; i++) {
              double deviation = deviation(scale, theta[i], relative, squared);
              sample[i] = theta[i] + deviation * random.nextGaussian();
            }
            drops[k] = accuracy - accuracyAt(subject, sample);
            subject.monitor().update("draws", k + 1, draws);
          }
          Outcome mean = Outcome.mean(drops, "mean");
          return new Drop(mean.value(), mean.standardError().orElse(0));
        });
  }

  /**
   * The standard deviation of one coordinate of the noise.
   *
   * @param squared the convention of a public implementation: σ² stands for σ
   */
  static double deviation(double sigma, double weight, boolean relative, boolean squared) {
    double variance = relative ? sigma * sigma * weight * weight + FLOOR * FLOOR : sigma * sigma;
    return squared ? variance : Math.sqrt(variance);
  }

  /** Two searches with seeds of their own; the smaller scale, and how far apart they are. */
  private static Found worst(Subject subject, boolean relative) {
    double accuracy = subject.get(Facts.EVALUATION).accuracy();
    if (accuracy <= ScaleBisection.DROP) {
      return hopeless(accuracy);
    }
    Seed seed = subject.seed().split("worst accuracy").split(relative ? 1 : 0);
    double start = START * START * size(subject.theta());
    Found first = worst(subject, relative, accuracy, start, FACTOR, seed.split(0));
    if (first.none().isPresent()) {
      return first;
    }
    Found second =
        worst(subject, relative, accuracy, first.scale(), 1 + FACTOR / 100, seed.split(1));
    if (second.none().isPresent()) {
      return first;
    }
    double spread = Math.abs(Math.log(first.scale() / second.scale()));
    int tried = first.evaluations() + second.evaluations();
    return (first.scale() <= second.scale() ? first : second).withSpread(spread, tried);
  }

  private static Found worst(
      Subject subject, boolean relative, double accuracy, double start, double factor, Seed seed) {
    double[] theta = subject.theta();
    boolean uniform = subject.settings().get(JiangMeasures.UNIFORM_BOX);
    double[] direction = direction(subject, scales(theta, start, relative, uniform), seed);
    return ScaleBisection.largest(
        start,
        factor,
        ScaleBisection.WIDTH,
        scale -> {
          SharpnessResult found =
              SEARCH.maximize(
                  subject.surface(),
                  theta,
                  PerturbationSet.relative(scales(theta, scale, relative, uniform), Norm.MAX, 1),
                  new SharpnessSearch.Known(
                      Optional.of(subject.get(Facts.SLOPE)), Optional.of(direction)),
                  seed,
                  subject.monitor());
          if (subject.monitor().stopped()) {
            throw new PassStoppedException(subject.monitor().whyStopped());
          }
          double[] moved = found.perturbation();
          Vectors.addMultiple(1, theta, moved);
          return new Drop(accuracy - accuracyAt(subject, moved), 0);
        });
  }

  /** Half the sides of the box. */
  static double[] scales(double[] theta, double alpha, boolean relative, boolean uniform) {
    double[] scales = new double[theta.length];
    Arrays.setAll(
        scales,
        i ->
            relative
                ? alpha * Math.abs(theta[i]) + FLOOR
                : alpha * (uniform ? 1 : Math.abs(theta[i]) + 1));
    return scales;
  }

  /**
   * The top eigenvector of the Hessian in units of the box; a Gaussian vector where there is none.
   */
  private static double[] direction(Subject subject, double[] scales, Seed seed) {
    double[] units = scales.clone();
    Vectors.divide(units, Vectors.norm(units));
    NetworkSurface surface = subject.surface();
    try {
      return Lanczos.withDefaults()
          .withTolerance(1e-2)
          .withMaxProducts(PRODUCTS)
          .withEnds(End.LARGEST)
          .run(
              SymmetricOperators.congruence(units, surface.hessian(subject.theta())),
              seed,
              subject.monitor())
          .largest()
          .vector();
    } catch (IllegalStateException notFinite) {
      return Vectors.gaussian(scales.length, seed.split("direction"));
    }
  }

  /** A network whose outputs are no numbers is right nowhere. */
  private static double accuracyAt(Subject subject, double[] theta) {
    double accuracy = subject.surface().evaluate(theta).accuracy();
    return Double.isNaN(accuracy) ? 0 : accuracy;
  }

  private static Found hopeless(double accuracy) {
    return Found.none(
        "the accuracy is " + accuracy + ", so it cannot fall by more than " + ScaleBisection.DROP,
        0);
  }

  /** The root mean square of the parameters; 1 where all are 0. */
  private static double size(double[] theta) {
    double norm = Vectors.scaledNorm(theta) / Math.sqrt(theta.length);
    return norm > 0 ? norm : 1;
  }

  /** Adds the standard error of a number to it. */
  static Outcome uncertain(Outcome outcome, double error) {
    return Double.isFinite(outcome.value()) && Double.isFinite(error) && error > 0
        ? outcome.withStandardError(error, Interval.student(outcome.value(), error, DRAWS - 1))
        : outcome;
  }
}
