package dev.flatness.attack;

import dev.flatness.audit.Adversary;
import dev.flatness.hessian.MinimalTrace;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.OrbitMinimum;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Rescalings that move curvature: those of the attacks, within a spread.
 *
 * <p>Formula: for the spread S, the unit of the parameter with the largest H_ee takes 1/S, and S
 * (Dinh 2017, Theorem 4); the rescalings to the least trace and the least norm, and their inverses,
 * with factors cut to [1/S, S]; one random unit takes S; every unit takes S or 1/S at random. What
 * does not exist for a network is left out. Cost: the diagonal of the Hessian, and two convex
 * minimizations.
 */
public final class CurvatureAdversary implements Adversary {
  /** For the service loader. */
  public CurvatureAdversary() {}

  @Override
  public List<Rescaling> against(Subject subject, double spread, Seed seed) {
    if (!(spread >= 1 && spread < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "spread is " + spread + ", expected a finite number of at least 1");
    }
    Network network = subject.network();
    ScaleClasses classes = ScaleClasses.of(network);
    if (classes.freeCount() == 0 || spread == 1) {
      return List.of();
    }
    List<Rescaling> found = new ArrayList<>();
    where(() -> edge(subject, classes, spread), found);
    Network pruned = DeadClasses.of(classes, network).pruned();
    where(() -> bothWays(MinimalTrace.onOrbit().minimizer(subject.surface()).minimum()), found);
    where(() -> bothWays(Gauge.leastNorm(pruned)), found);
    RandomGenerator random = seed.generator();
    found.add(Construction.unit(classes, random.nextInt(classes.freeCount()), spread));
    double[] factors = new double[classes.freeCount()];
    Arrays.setAll(factors, c -> random.nextBoolean() ? spread : 1 / spread);
    found.add(Rescaling.of(classes, factors));
    return found.stream()
        .map(rescaling -> cut(rescaling, spread))
        .filter(rescaling -> Arrays.stream(rescaling.factors()).anyMatch(c -> c != 1))
        .toList();
  }

  /** A construction that may not exist for a network. */
  private interface Source {
    List<Rescaling> rescalings();
  }

  private static void where(Source source, List<Rescaling> found) {
    try {
      found.addAll(source.rescalings());
    } catch (IllegalArgumentException doesNotExist) {
      // The others serve.
      assert doesNotExist != null;
    }
  }

  private static List<Rescaling> edge(Subject subject, ScaleClasses classes, double spread) {
    int unit = SharpEdge.of(subject).scaleClass();
    return List.of(
        Construction.unit(classes, unit, 1 / spread), Construction.unit(classes, unit, spread));
  }

  private static List<Rescaling> bothWays(OrbitMinimum minimum) {
    return List.of(minimum.rescaling(), minimum.rescaling().inverse());
  }

  private static Rescaling cut(Rescaling rescaling, double spread) {
    double[] factors =
        Arrays.stream(rescaling.factors())
            .map(c -> Math.min(spread, Math.max(1 / spread, c)))
            .toArray();
    return Rescaling.of(rescaling.classes(), factors);
  }
}
