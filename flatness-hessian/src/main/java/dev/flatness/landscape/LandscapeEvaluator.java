package dev.flatness.landscape;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the loss on a line or a plane through a point, in any coordinates.
 *
 * <p>Formula: loss(a, b) = L(w(η + a d_1 + b d_2)) for the steps a and b of the axes; see {@link
 * Landscape}.
 *
 * <p>Defaults: the plane of 51 × 51 steps from −1 to 1, without eigenvalues. Cost: one evaluation
 * of the loss a point, the directions' own cost, one gradient and one Hessian product for the
 * curvatures along the axes; with eigenvalues one Lanczos run a point. The same seed gives the same
 * bits, also for a run that was killed and goes on from its file.
 *
 * <p>Source: Li et al. 2018; Yi et al. 2019, §6; docs/mathematics.md#landscapes. Immutable.
 */
public final class LandscapeEvaluator {
  /** The most points of one slice. */
  public static final int MOST_POINTS = 4_000_000;

  /** Relative to the range: a step of less is 0 but for the rounding of the ends. */
  private static final double ROUNDING = 1e-12;

  private static final LandscapeEvaluator DEFAULTS =
      new LandscapeEvaluator(-1, 1, new int[] {51, 51}, false, null);

  private final double from;
  private final double to;
  private final int[] points;
  private final boolean eigenvalues;
  private final @Nullable Path file;

  private LandscapeEvaluator(
      double from, double to, int[] points, boolean eigenvalues, @Nullable Path file) {
    this.from = from;
    this.to = to;
    this.points = points;
    this.eigenvalues = eigenvalues;
    this.file = file;
  }

  /**
   * Returns the evaluator with its defaults.
   *
   * @return the evaluator
   */
  public static LandscapeEvaluator withDefaults() {
    return DEFAULTS;
  }

  /**
   * Changes the range of both axes, in units of the directions.
   *
   * @param least the first step
   * @param largest the last step
   * @return the changed copy
   * @throws IllegalArgumentException if the range is empty or not finite
   */
  public LandscapeEvaluator withRange(double least, double largest) {
    if (!(least < largest) || Double.isInfinite(least) || Double.isInfinite(largest)) {
      throw new IllegalArgumentException(
          "the range of the slice is "
              + least
              + " to "
              + largest
              + ", expected two finite numbers, the smaller one first");
    }
    return new LandscapeEvaluator(least, largest, points, eigenvalues, file);
  }

  /**
   * Changes the number of steps.
   *
   * @param steps one number for a line, two for a plane
   * @return the changed copy
   * @throws IllegalArgumentException if there are no axes or more than two, or an axis has fewer
   *     than 2 steps, or there are more than {@link #MOST_POINTS} points
   */
  public LandscapeEvaluator withPoints(int... steps) {
    if (steps.length < 1 || steps.length > 2) {
      throw new IllegalArgumentException(
          "the slice has " + steps.length + " axes, expected one (a line) or two (a plane)");
    }
    long all = 1;
    for (int count : steps) {
      if (count < 2) {
        throw new IllegalArgumentException(
            "an axis has " + count + (count == 1 ? " point" : " points") + ", expected at least 2");
      }
      all *= count;
    }
    if (all > MOST_POINTS) {
      throw new IllegalArgumentException(
          "the slice has " + all + " points, expected at most " + MOST_POINTS + "; take fewer");
    }
    return new LandscapeEvaluator(from, to, steps.clone(), eigenvalues, file);
  }

  /**
   * Also finds the largest eigenvalue of the Hessian in the coordinates at every point of a line.
   *
   * @param wanted whether to
   * @return the changed copy
   */
  public LandscapeEvaluator withTopEigenvalues(boolean wanted) {
    return new LandscapeEvaluator(from, to, points, wanted, file);
  }

  /**
   * Keeps the points in a file, from which a run of the same slice goes on.
   *
   * @param state the file
   * @return the changed copy
   */
  public LandscapeEvaluator withFile(Path state) {
    return new LandscapeEvaluator(
        from, to, points, eigenvalues, Objects.requireNonNull(state, "state"));
  }

  /**
   * Returns the number of axes.
   *
   * @return 1 for a line, 2 for a plane
   */
  public int dimension() {
    return points.length;
  }

  /**
   * Returns the number of points.
   *
   * @return of all axes together
   */
  public int points() {
    return points.length == 1 ? points[0] : points[0] * points[1];
  }

  /**
   * Returns the number of steps along the axes.
   *
   * @return one number for a line, two for a plane
   */
  public List<Integer> steps() {
    return Arrays.stream(points).boxed().toList();
  }

  /**
   * Returns the first step of the axes.
   *
   * @return in units of the directions
   */
  public double from() {
    return from;
  }

  /**
   * Returns the last step of the axes.
   *
   * @return in units of the directions
   */
  public double to() {
    return to;
  }

  /**
   * Tells whether eigenvalues are found.
   *
   * @return whether they were asked for
   */
  public boolean topEigenvalues() {
    return eigenvalues;
  }

  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * Returns the steps along the axes.
   *
   * @return equally spaced from the first to the last; 0 is exactly 0 where it is a step
   */
  double[][] axes() {
    double[][] axes = new double[points.length][];
    for (int axis = 0; axis < axes.length; axis++) {
      int last = points[axis] - 1;
      axes[axis] = new double[points[axis]];
      for (int i = 0; i <= last; i++) {
        double step = (from * (last - i) + to * i) / last;
        axes[axis][i] = Math.abs(step) < ROUNDING * (to - from) ? 0 : step;
      }
    }
    return axes;
  }

  /**
   * Evaluates a slice.
   *
   * @param surface L; a network's surface also gives accuracies
   * @param theta the parameters at the center
   * @param coordinates w
   * @param directions how the directions are chosen
   * @param seed the root of their randomness
   * @param monitor receives progress updates and may stop the work
   * @return the landscape
   * @throws IllegalArgumentException if the center has no coordinates, the directions do not fit or
   *     are not found, eigenvalues of a plane are asked for, or the file is damaged or of another
   *     run
   */
  public Landscape evaluate(
      LossSurface surface,
      double[] theta,
      Coordinates coordinates,
      LandscapeDirections directions,
      Seed seed,
      Monitor monitor) {
    if (eigenvalues && points.length > 1) {
      throw new IllegalArgumentException(
          "the largest eigenvalue is found along lines, but the slice is a plane; ask for a line"
              + " (--points N)");
    }
    return new LandscapeRun(this, surface, theta.clone(), coordinates, directions, seed, monitor)
        .run();
  }
}
