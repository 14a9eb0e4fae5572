package dev.flatness.attack;

import dev.flatness.hessian.VolumeFlatness;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Dinh's Theorem 2: disjoint boxes of no smaller volume, in each of which the loss stays below L +
 * ε at every sampled point.
 */
record VolumeAttack(int boxes, int points) implements Attack {
  private static final int HALVINGS = 30;

  @Override
  public String name() {
    return "volume";
  }

  @Override
  public Result against(Subject subject) {
    VolumeFlatness.Boxes found = VolumeFlatness.withDefaults().boxes(subject);
    NetworkSurface surface = subject.surface().inDouble();
    double loss = surface.value(subject.theta());
    double radius = found.radius();
    List<Double> increases = increases(subject, surface, loss, found, radius);
    for (int halving = 0; increases.size() <= boxes; halving++) {
      if (halving == HALVINGS || subject.monitor().stopped()) {
        throw new IllegalArgumentException(
            "the loss passes L + epsilon at points of boxes of every radius down to "
                + radius
                + "; choose a larger epsilon");
      }
      radius /= 2;
      increases = increases(subject, surface, loss, found, radius);
    }
    List<Double> volumes = new ArrayList<>();
    for (int k = 0; k <= boxes; k++) {
      volumes.add(logVolume(power(found.step(), k), surface.dimension(), radius));
    }
    double growth = Math.abs(found.incoming() - found.outgoing()) * StrictMath.log(found.alpha());
    double last = volumes.get(boxes);
    return new Construction(name(), "ln volume", subject, power(found.step(), boxes))
        .with("epsilon", found.epsilon())
        .with("scaleClass", found.step().classes().describe(found.scaleClass()))
        .with("radius", radius)
        .with("alpha", found.alpha())
        .with("points", points)
        .with("logVolumes", volumes)
        .with("largestIncreases", increases)
        .reaching(
            volumes.get(0),
            OptionalDouble.of(volumes.get(0) + boxes * growth),
            moved -> Outcome.exact(last));
  }

  /** The largest increase in each box, up to the first box where it is not below ε. */
  private List<Double> increases(
      Subject subject,
      NetworkSurface surface,
      double loss,
      VolumeFlatness.Boxes found,
      double radius) {
    List<Double> largest = new ArrayList<>();
    for (int k = 0; k <= boxes; k++) {
      Rescaling step = power(found.step(), k);
      Seed seed = subject.seed().split("volume-attack").split(k);
      double highest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < points; i++) {
        double increase = surface.value(point(subject, step, radius, seed.split(i))) - loss;
        if (!(increase < found.epsilon()) || subject.monitor().stopped()) {
          return largest;
        }
        highest = Math.max(highest, increase);
      }
      largest.add(highest);
      subject.monitor().update("volume: boxes", k + 1L, boxes + 1L);
    }
    return largest;
  }

  /** The image of a uniform point of box 0. */
  private static double[] point(Subject subject, Rescaling step, double radius, Seed seed) {
    double[] theta = subject.theta();
    RandomGenerator random = seed.generator();
    for (int i = 0; i < theta.length; i++) {
      theta[i] += radius * (2 * random.nextDouble() - 1);
    }
    step.classes()
        .forEachEdge(
            (position, from, to) -> theta[position] *= step.factor(to) / step.factor(from));
    return theta;
  }

  /** ln of (2r)^p times the determinant of a rescaling. */
  private static double logVolume(Rescaling rescaling, int parameters, double radius) {
    double[] sum = new double[1];
    ScaleClasses classes = rescaling.classes();
    classes.forEachEdge(
        (position, from, to) ->
            sum[0] +=
                StrictMath.log(rescaling.factor(to)) - StrictMath.log(rescaling.factor(from)));
    return parameters * StrictMath.log(2 * radius) + sum[0];
  }

  private static Rescaling power(Rescaling step, int k) {
    Rescaling power = Rescaling.identity(step.classes());
    for (int i = 0; i < k; i++) {
      power = power.compose(step);
    }
    return power;
  }
}
