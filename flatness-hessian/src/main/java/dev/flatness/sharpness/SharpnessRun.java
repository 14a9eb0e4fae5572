package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.Slope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The climbs of one {@link SharpnessSearch}, and the best point that they found. */
final class SharpnessRun {
  private static final double LONGEST_STEP = 1e6;
  private static final double SHORTEST_STEP = 1e-6;
  private static final double ARMIJO = 1e-4;
  private static final double AGREEMENT = 1e-2;
  private static final double ONE_HILL = 10;
  private static final double ONE_DIRECTION = 0.7;

  private final LossSurface surface;
  private final double[] theta;
  private final PerturbationSet set;
  private final int budget;
  private final double leastGain;
  private final Monitor monitor;
  private final long total;
  private final double loss;
  private final double[] gradientAtTheta;
  private final List<SharpnessResult.Start> starts = new ArrayList<>();
  private double best;
  private double[] bestPoint;
  private int gradients;
  private boolean late;

  SharpnessRun(
      LossSurface surface,
      double[] theta,
      PerturbationSet set,
      int budget,
      double leastGain,
      @Nullable Slope slope,
      Monitor monitor,
      long total) {
    this.surface = surface;
    this.theta = theta;
    this.set = set;
    this.budget = budget;
    this.leastGain = leastGain;
    this.monitor = monitor;
    this.total = total;
    this.bestPoint = new double[set.dimension()];
    Point here =
        slope == null
            ? at(bestPoint)
            : new Point(bestPoint, slope.loss(), set.pull(slope.gradient()));
    this.loss = here.loss;
    this.gradientAtTheta = here.gradient;
  }

  /** A point of the ball with its loss and the gradient in the ball's coordinates. */
  private record Point(double[] y, double loss, double[] gradient) {}

  private Point at(double[] y) {
    double[] moved = set.perturbation(y);
    for (int i = 0; i < moved.length; i++) {
      moved[i] += theta[i];
    }
    double[] outer = new double[moved.length];
    double value = surface.valueAndGradient(moved, outer);
    monitor.update("gradients", ++gradients, total);
    return new Point(y, value, set.pull(outer));
  }

  boolean defined() {
    return Double.isFinite(loss);
  }

  boolean over() {
    late |= monitor.stopped();
    return late || best == Double.POSITIVE_INFINITY;
  }

  double[] gradientAtTheta() {
    return gradientAtTheta;
  }

  /** Climbs from the point of the ball that lies furthest along a direction. */
  void climb(String name, double[] direction) {
    int before = gradients;
    Point point = at(set.furthest(direction));
    String reason = null;
    while (Double.isNaN(point.loss) && gradients - before < budget) {
      double[] closer = point.y.clone();
      Vectors.divide(closer, 2);
      point = at(closer);
    }
    double step = set.longStep();
    while (reason == null) {
      double[] next = ahead(point, step);
      double slope = rise(point, next);
      if (point.loss == Double.POSITIVE_INFINITY) {
        reason = "the loss is infinite";
      } else if (Double.isNaN(point.loss)) {
        reason = "the loss is undefined";
      } else if (!(slope > 0)) {
        reason = "the loss rises in no direction of the set";
      } else if (joins(point)) {
        reason = "it came to the best point of the starts before";
      } else if (slope <= leastGain * Math.abs(point.loss - loss)) {
        reason = "a step promised less than " + leastGain + " of the increase";
      } else if (step < SHORTEST_STEP) {
        reason = "no step raised the loss";
      } else if (gradients - before >= budget) {
        reason = "the limit of " + budget + " gradients was reached";
      } else if (over()) {
        reason = monitor.whyStopped();
      } else {
        Point there = at(next);
        double gain = there.loss - point.loss;
        boolean rises = gain >= ARMIJO * slope;
        step = rises ? Math.min(4 * step, LONGEST_STEP) : step / 4;
        point = rises ? there : point;
        double increase = Math.abs(point.loss - loss);
        if (rises && Double.isFinite(gain) && gain <= leastGain * increase) {
          reason = "a step gained less than " + leastGain + " of the increase";
        }
      }
    }
    end(name, point, gradients - before, reason);
  }

  /** Whether it climbs the hill of the best start before: as high but for some gains, and there. */
  private boolean joins(Point point) {
    return best > 0
        && Math.abs(point.loss - loss - best) <= ONE_HILL * leastGain * best
        && Vectors.dot(point.y, bestPoint)
            >= ONE_DIRECTION * Vectors.norm(point.y) * Vectors.norm(bestPoint);
  }

  /** The projection of y + t (r/‖g‖) g. */
  private double[] ahead(Point point, double step) {
    double[] next = point.y.clone();
    double length = Vectors.norm(point.gradient);
    if (length > 0 && Double.isFinite(length)) {
      double factor = step * set.reach();
      for (int i = 0; i < next.length; i++) {
        next[i] += factor * (point.gradient[i] / length);
      }
      set.project(next);
    }
    return next;
  }

  /** What the slope promises between two points. */
  private static double rise(Point from, double[] to) {
    double[] way = to.clone();
    Vectors.addMultiple(-1, from.y, way);
    return Vectors.dot(from.gradient, way);
  }

  private void end(String name, Point point, int used, String reason) {
    double increase = point.loss - loss;
    starts.add(new SharpnessResult.Start(name, increase, used, reason));
    if (increase > best) {
      best = increase;
      bestPoint = point.y;
    }
  }

  SharpnessResult result(int products, int wanted) {
    Status status = Status.LOWER_BOUND;
    String reason = null;
    if (!defined()) {
      status = Status.OVERFLOW;
      reason = "the loss is not finite before any perturbation";
    } else if (best == Double.POSITIVE_INFINITY) {
      status = Status.INFINITE;
      reason = "the loss is infinite within the perturbations";
    } else if (late) {
      status = Status.NOT_CONVERGED;
      reason = monitor.whyStopped() + " in start " + starts.size() + " of " + wanted;
    }
    double agreed = best * (1 - AGREEMENT);
    int agreeing = (int) starts.stream().filter(start -> start.increase() >= agreed).count();
    Outcome increase =
        Outcome.of(defined() ? best : Double.NaN, "projected-gradient-ascent", status)
            .withProducts(products);
    return new SharpnessResult(
        reason == null ? increase : increase.because(reason),
        loss,
        set.perturbation(bestPoint),
        starts,
        agreeing,
        gradients);
  }
}
