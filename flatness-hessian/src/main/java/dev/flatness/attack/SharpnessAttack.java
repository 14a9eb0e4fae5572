package dev.flatness.attack;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.surface.NetworkSurface;
import java.util.OptionalDouble;

/**
 * ε-sharpness is made as large as wanted: a change of one parameter that raises the loss far enough
 * comes into the ball of radius ε when its unit is scaled down.
 */
record SharpnessAttack(String name, double target) implements Attack {
  private static final int DOUBLINGS = 80;
  private static final int BISECTIONS = 12;

  /** Keeps the perturbation within the ball after rounding. */
  private static final double MARGIN = 1e-12;

  @Override
  public Result against(Subject subject) {
    Outcome before = Values.of(Values.SHARPNESS, subject);
    Construction.requireAbove(Values.SHARPNESS, before.value(), target);
    SharpEdge edge = SharpEdge.of(subject);
    double change = change(subject, edge);
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    double alpha = Math.min(1, epsilon / Math.abs(change) * (1 - MARGIN));
    return new Construction(
            name,
            Values.SHARPNESS,
            subject,
            Construction.unit(edge.classes(), edge.scaleClass(), alpha))
        .with("alpha", alpha)
        .with("scaleClass", edge.classes().describe(edge.scaleClass()))
        .with("parameter", edge.name(subject))
        .with("perturbation", alpha * change)
        .reaching(
            before.value(),
            OptionalDouble.of(target),
            moved -> reached(moved, edge.position(), alpha * change));
  }

  /** The larger of what the construction and the search find. */
  private static Outcome reached(Subject moved, int position, double perturbation) {
    Outcome constructed = lowerBound(moved, increase(moved, position, perturbation));
    Outcome searched = Values.of(Values.SHARPNESS, moved);
    return searched.value() > constructed.value() ? searched : constructed;
  }

  /** What one perturbation within the ball shows. */
  static Outcome lowerBound(Subject moved, double increase) {
    double loss = moved.surface().inDouble().value(moved.theta());
    return Outcome.of(increase / (1 + loss), "construction", Status.LOWER_BOUND);
  }

  private static double increase(Subject subject, int position, double change) {
    NetworkSurface surface = subject.surface().inDouble();
    double[] theta = subject.theta();
    double loss = surface.value(theta);
    theta[position] += change;
    return surface.value(theta) - loss;
  }

  /** A change of the parameter at which the increase is as large as wanted, and not much beyond. */
  private double change(Subject subject, SharpEdge edge) {
    double loss = subject.surface().inDouble().value(subject.theta());
    double wanted = target * (1 + loss) * (1 + MARGIN);
    double step = Math.sqrt(2 * wanted / edge.curvature()) / 2;
    double missing = 0;
    for (int k = 0; k < DOUBLINGS && !subject.monitor().stopped(); k++, step *= 2) {
      for (double sign : new double[] {1, -1}) {
        if (increase(subject, edge.position(), sign * step) >= wanted) {
          return bisected(subject, edge.position(), sign * missing, sign * step, wanted);
        }
      }
      missing = step;
    }
    throw new IllegalArgumentException(
        Values.SHARPNESS
            + " cannot be raised to "
            + target
            + " along the parameter "
            + edge.name(subject)
            + ", whose changes raise the loss less; name a smaller value");
  }

  private static double bisected(
      Subject subject, int position, double below, double above, double wanted) {
    double missing = below;
    double reaching = above;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (missing + reaching) / 2;
      if (increase(subject, position, middle) >= wanted) {
        reaching = middle;
      } else {
        missing = middle;
      }
    }
    return reaching;
  }
}
