package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.Slope;
import java.util.ArrayList;
import java.util.Comparator;
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
  private static final int FINISH = 10;
  private static final double[] ALONG_THE_BEST = {3, 10, 30, 100};
  private static final double[] AT_RANDOM = {1, 3, 10, 30, 100, 300, 1000, 3};

  /** Far points at most, each with a gradient there and a loss in the ball. */
  static final int PROBES = 2 * ALONG_THE_BEST.length + AT_RANDOM.length;

  private final LossSurface surface;
  private final double[] theta;
  private final PerturbationSet set;
  private final int budget;
  private final double leastGain;
  private final Monitor monitor;
  private final long total;
  private final double loss;
  private final double[] gradientAtTheta;
  private final List<Climb> climbs = new ArrayList<>();
  private @Nullable Climb highest;
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

  private double[] moved(double[] y) {
    double[] moved = set.perturbation(y);
    Vectors.addMultiple(1, theta, moved);
    return moved;
  }

  private Point at(double[] y) {
    double[] outer = new double[theta.length];
    double value = surface.valueAndGradient(moved(y), outer);
    monitor.update("gradients", ++gradients, total);
    return new Point(y, value, set.pull(outer));
  }

  boolean defined() {
    return Double.isFinite(loss);
  }

  /** Ends the run: the monitor stopped it in a pass. */
  void stop() {
    late = true;
  }

  boolean over() {
    late |= monitor.stopped();
    return late || best == Double.POSITIVE_INFINITY;
  }

  double loss() {
    return loss;
  }

  double[] gradientAtTheta() {
    return gradientAtTheta;
  }

  /** Climbs from the point of the ball that lies furthest along a direction. */
  void climb(String name, double[] direction) {
    ascend(name, set.furthest(direction));
  }

  /**
   * Climbs from points whose directions come from beyond the kinks near θ. In the ball itself the
   * gradient does not know of a unit that is closed at θ; far outside the unit is open, and the
   * gradient there points across the kink. The far points lie along the best point so far, to both
   * sides, and along random directions. Of the points of the ball furthest along the gradients
   * there, the highest that differ are climbed from.
   */
  void climbBeyondKinks(int climbs, Seed seed) {
    List<double[]> far = new ArrayList<>();
    if (best > 0) {
      for (double factor : ALONG_THE_BEST) {
        far.add(times(factor, bestPoint));
        far.add(times(-factor, bestPoint));
      }
    }
    for (int i = 0; i < AT_RANDOM.length; i++) {
      double[] direction = Vectors.gaussian(set.dimension(), seed.split(i));
      far.add(times(AT_RANDOM[i], set.furthest(direction)));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (double[] y : far) {
      if (over()) {
        return;
      }
      double[] next = set.furthest(at(inside(y)).gradient);
      double value = Vectors.norm(next) > 0 ? surface.value(moved(next)) : Double.NaN;
      if (!Double.isNaN(value)) {
        candidates.add(new Candidate(next, value));
      }
    }
    candidates.sort(Comparator.comparingDouble(Candidate::value).reversed());
    List<double[]> taken = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (taken.size() < climbs
          && !over()
          && taken.stream().noneMatch(other -> oneDirection(candidate.y, other))) {
        taken.add(candidate.y);
        ascend("beyond-kinks-" + taken.size(), candidate.y);
      }
    }
  }

  /** A point of the ball, and the loss there. */
  private record Candidate(double[] y, double value) {}

  private static double[] times(double factor, double[] y) {
    double[] multiple = y.clone();
    for (int i = 0; i < y.length; i++) {
      multiple[i] *= factor;
    }
    return multiple;
  }

  /** A far point, or one nearer along the same direction where the loss is defined. */
  private double[] inside(double[] y) {
    double[] nearer = y;
    while (!surface.contains(moved(nearer)) && Vectors.norm(nearer) > 0) {
      nearer = times(0.5, nearer);
    }
    return nearer;
  }

  private void ascend(String name, double[] from) {
    int before = gradients;
    Point point = at(from);
    while (Double.isNaN(point.loss) && gradients - before < budget) {
      point = at(times(0.5, point.y));
    }
    Climb climb = new Climb(name, point, set.longStep(), gradients - before);
    climbs.add(climb);
    try {
      advance(climb, budget);
    } catch (PassStoppedException stopped) {
      climb.reason = monitor.whyStopped();
      stop();
    }
    if (climb.increase() > best) {
      best = climb.increase();
      bestPoint = climb.point.y;
      highest = climb;
    }
  }

  /** Goes on with the best start, where a limit ended it. */
  void finish() {
    if (highest != null && !highest.converged && !over()) {
      try {
        advance(highest, FINISH * budget);
      } catch (PassStoppedException stopped) {
        highest.reason = monitor.whyStopped();
        stop();
      }
      best = highest.increase();
      bestPoint = highest.point.y;
    }
  }

  /** One start on its way up. */
  private final class Climb {
    private final String name;
    private Point point;
    private double step;
    private int used;
    private boolean converged;
    private String reason = "";

    /** The best start before, where this one came to its hill. */
    private @Nullable Climb joined;

    Climb(String name, Point point, double step, int used) {
      this.name = name;
      this.point = point;
      this.step = step;
      this.used = used;
    }

    double increase() {
      return point.loss - loss;
    }

    /** Whether it converged, and so did the start that it joined. */
    boolean settled() {
      return converged && (joined == null || joined.settled());
    }

    /** Ends where nothing is left to gain. */
    private boolean converged(double slope) {
      if (!(slope > 0)) {
        reason = "the loss rises in no direction of the set";
      } else if (this != highest && joins(point)) {
        joined = highest;
        reason = "it came to the best point of the starts before";
      } else if (slope <= leastGain * Math.abs(increase())) {
        reason = "a step promised less than " + leastGain + " of the increase";
      } else if (step < SHORTEST_STEP) {
        reason = "no step raised the loss";
      } else {
        return false;
      }
      return true;
    }
  }

  /** Takes steps until a start has converged or has used as many gradients. */
  private void advance(Climb climb, int most) {
    while (!climb.converged) {
      Point point = climb.point;
      double[] next = ahead(point, climb.step);
      double slope = rise(point, next);
      if (point.loss == Double.POSITIVE_INFINITY) {
        climb.reason = "the loss is infinite";
        return;
      } else if (Double.isNaN(point.loss)) {
        climb.reason = "the loss is undefined";
        return;
      }
      climb.converged = climb.converged(slope);
      if (climb.converged) {
        return;
      } else if (climb.used >= most) {
        climb.reason = "the limit of " + most + " gradients was reached";
        return;
      } else if (over()) {
        climb.reason = monitor.whyStopped();
        return;
      }
      Point there = at(next);
      climb.used++;
      double gain = there.loss - point.loss;
      boolean rises = gain >= ARMIJO * slope;
      climb.step = rises ? Math.min(4 * climb.step, LONGEST_STEP) : climb.step / 4;
      climb.point = rises ? there : point;
      if (rises && Double.isFinite(gain) && gain <= leastGain * Math.abs(climb.increase())) {
        climb.converged = true;
        climb.reason = "a step gained less than " + leastGain + " of the increase";
      }
    }
  }

  /** Whether it climbs the hill of the best start before: as high but for some gains, and there. */
  private boolean joins(Point point) {
    return best > 0
        && Math.abs(point.loss - loss - best) <= ONE_HILL * leastGain * best
        && oneDirection(point.y, bestPoint);
  }

  private static boolean oneDirection(double[] y, double[] other) {
    return Vectors.dot(y, other) >= ONE_DIRECTION * Vectors.norm(y) * Vectors.norm(other);
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

  SharpnessResult result(int products, int wanted, double rounding) {
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
      reason = monitor.whyStopped() + " in start " + climbs.size() + " of " + wanted;
    } else if (best <= 2 * rounding) {
      reason = "the increase is not above the rounding of the loss; take a larger radius";
    }
    List<SharpnessResult.Start> starts =
        climbs.stream()
            .map(
                climb ->
                    new SharpnessResult.Start(
                        climb.name, climb.increase(), climb.used, climb.settled(), climb.reason))
            .toList();
    double agreed = best * (1 - AGREEMENT);
    int agreeing =
        (int)
            starts.stream()
                .filter(start -> start.converged() && start.increase() >= agreed)
                .count();
    Outcome increase =
        Outcome.of(defined() ? best : Double.NaN, "projected-gradient-ascent", status)
            .withProducts(products);
    if (Double.isFinite(increase.value())) {
      increase =
          increase.withStandardError(
              rounding, Interval.student(increase.value(), rounding, Rounding.DRAWS));
    }
    return new SharpnessResult(
        reason == null ? increase : increase.because(reason),
        loss,
        set.perturbation(bestPoint),
        starts,
        agreeing,
        gradients);
  }
}
