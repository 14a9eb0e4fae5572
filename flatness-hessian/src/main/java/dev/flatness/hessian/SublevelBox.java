package dev.flatness.hessian;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A box |δ_i| ≤ r around the parameters in which no point was found where the loss passes L + ε.
 *
 * <p>Radii are halved until the loss holds at fixed corners and points, and then at all that a
 * search for the highest loss comes to. The corner where a search passed L + ε is one of those that
 * the next radius is tried at. The radius given is half of the first that holds: a search may miss
 * the highest point, and a smaller box proves as much.
 */
final class SublevelBox {
  private static final int LEADING = 3;
  private static final int PRODUCTS = 40;
  private static final int CORNERS = 4;
  private static final int HALVINGS = 100;

  private final Subject subject;
  private final NetworkSurface surface;
  private final double[] theta;
  private final double epsilon;
  private final Seed seed;
  private final double[] slope;
  private double loss;

  /** Directions whose signs are corners: the gradient, eigenvectors, what searches found. */
  private final List<double[]> directions = new ArrayList<>();

  private final List<RitzPair> leading = new ArrayList<>();
  private int found;
  private int gradients;
  private double highest;
  private String reason = "";

  SublevelBox(Subject subject, double epsilon, Seed seed) {
    this.subject = subject;
    this.surface = subject.surface().inDouble();
    this.theta = subject.theta();
    this.epsilon = epsilon;
    this.seed = seed;
    this.slope = subject.get(Facts.SLOPE).gradient();
  }

  /** Why there is no radius. */
  String reason() {
    return reason;
  }

  /** How many corners and points were tried, without those of the search. */
  int points() {
    return directions.size() + 2 * CORNERS;
  }

  /** The largest L − L(θ) seen in the box of twice the radius. */
  double highest() {
    return highest;
  }

  /** What was looked at in the box of twice the radius. */
  List<String> lookedAt() {
    List<String> places = new ArrayList<>();
    places.add("the corner along the signs of the gradient");
    if (!leading.isEmpty()) {
      places.add(
          "both corners along the signs of each of the "
              + leading.size()
              + " leading eigenvectors");
    }
    if (found > 0) {
      places.add("the corners of " + found + " larger boxes that searches found too high");
    }
    places.add(CORNERS + " random corners");
    places.add(CORNERS + " uniform points");
    places.add("a search for the highest loss in the maximum norm, of " + gradients + " gradients");
    return places;
  }

  /** Half of the largest halving of a radius that holds, NaN if there is none. */
  double radius(double first) {
    try {
      loss = surface == subject.surface() ? subject.get(Facts.SLOPE).loss() : surface.value(theta);
      return search(first);
    } catch (PassStoppedException late) {
      reason = subject.monitor().whyStopped();
      return Double.NaN;
    }
  }

  private double search(double first) {
    if (!Double.isFinite(loss)) {
      reason = "the loss is not finite at the parameters";
      return Double.NaN;
    }
    directions.add(slope);
    addLeadingEigenvectors();
    int halving = expected(first);
    double increase = increaseAtPoints(radius(first, halving));
    double doubled = increase;
    while (doubled < epsilon && halving > 0) {
      doubled = increaseAtPoints(radius(first, halving - 1));
      if (doubled < epsilon) {
        increase = doubled;
        halving--;
      }
    }
    boolean holds = increase < epsilon && holdsInSearch(radius(first, halving), increase);
    while (!holds && halving < HALVINGS && !subject.monitor().stopped()) {
      halving++;
      double r = radius(first, halving);
      increase = increaseAtPoints(r);
      holds = increase < epsilon && holdsInSearch(r, increase);
      subject.monitor().update("volume-flatness: radii", halving + 1, HALVINGS + 1);
    }
    double last = radius(first, halving);
    if (holds) {
      return last / 2;
    }
    reason =
        subject.monitor().stopped()
            ? subject.monitor().whyStopped() + " at radius " + last
            : "the loss passes L + epsilon at every radius down to " + last;
    return Double.NaN;
  }

  private static double radius(double first, int halving) {
    return first / Math.scalb(1, halving);
  }

  /** The first halving where the slope alone, r ‖∇L‖₁ in the steepest corner, stays below ε. */
  private int expected(double first) {
    double steepest = 0;
    for (double entry : slope) {
      steepest += Math.abs(entry);
    }
    int halving = 0;
    while (halving < HALVINGS && !(radius(first, halving) * steepest < epsilon)) {
      halving++;
    }
    return halving;
  }

  private void addLeadingEigenvectors() {
    if (subject.monitor().stopped()) {
      return;
    }
    try {
      leading.addAll(
          ThickRestartLanczos.withDefaults()
              .withLargest(Math.min(LEADING, theta.length))
              .withTolerance(1e-2)
              .withMaxProducts(PRODUCTS)
              .withCheck(false)
              .fitting(theta.length)
              .solve(
                  subject.surface().hessian(theta),
                  seed.split("eigenvectors"),
                  subject.monitor().as("volume-flatness: eigenvectors"))
              .largest());
    } catch (ArithmeticException notFinite) {
      // The curvature is too large for doubles; the search has its other starts.
      return;
    }
    for (RitzPair pair : leading) {
      double[] opposite = pair.vector().clone();
      Vectors.divide(opposite, -1);
      directions.add(pair.vector());
      directions.add(opposite);
    }
  }

  /** The largest L − L(θ) at corners and points, up to the first that is not below ε. */
  private double increaseAtPoints(double r) {
    PerturbationSet box = box(r);
    double largest = 0;
    for (int i = 0; i < points(); i++) {
      if (subject.monitor().stopped()) {
        return Double.NaN;
      }
      double[] delta = point(box, i);
      Vectors.addMultiple(1, theta, delta);
      double increase = surface.value(delta) - loss;
      if (!(increase < epsilon)) {
        return increase;
      }
      largest = Math.max(largest, increase);
    }
    return largest;
  }

  private boolean holdsInSearch(double r, double atPoints) {
    SharpnessResult result =
        SharpnessSearch.ofMeasures()
            .maximize(
                surface,
                theta,
                box(r),
                new SharpnessSearch.Known(
                    // A slope in float32 is of another function than this loss in float64.
                    surface == subject.surface()
                        ? Optional.of(subject.get(Facts.SLOPE))
                        : Optional.empty(),
                    leading.isEmpty()
                        ? Optional.empty()
                        : Optional.of(leading.get(0).vector().clone())),
                seed.split("search"),
                subject.monitor().as("volume-flatness: gradients"));
    gradients = result.gradients();
    highest = Math.max(atPoints, result.increase().value());
    boolean holds = result.increase().value() < epsilon && !subject.monitor().stopped();
    if (!holds) {
      directions.add(result.perturbation());
      found++;
    }
    return holds;
  }

  private PerturbationSet box(double r) {
    return PerturbationSet.ball(theta.length, Norm.MAX, r);
  }

  /** First the corners along directions, then random corners, then uniform points. */
  private double[] point(PerturbationSet box, int index) {
    if (index < directions.size()) {
      return box.furthest(directions.get(index));
    }
    int number = index - directions.size();
    RandomGenerator random = seed.split(1 + number).generator();
    if (number < CORNERS) {
      return box.furthest(Vectors.gaussian(theta.length, seed.split(1 + number)));
    }
    double[] delta = new double[theta.length];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = box.radius() * (2 * random.nextDouble() - 1);
    }
    return delta;
  }
}
