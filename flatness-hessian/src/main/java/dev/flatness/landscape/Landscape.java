package dev.flatness.landscape;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The loss on a line or a plane through a point: data first, pictures and numbers are made of it.
 *
 * <p>Formula: loss(a, b) = L(w(η + a d_1 + b d_2)) with the coordinates η of the center and w(·)
 * the map from coordinates to parameters, by its formula also beyond the domain of the coordinates.
 *
 * <p>Shapes: a line has one axis, a plane two; values are row-major, the entry (i, j) belongs to
 * {@code axes[0][i]} and {@code axes[1][j]} and stands at {@code i · points(1) + j}. A loss is NaN
 * where w(v) is not finite, and where the run ended before. Immutable.
 *
 * <p>Source: Li et al. 2018; Yi et al. 2019, §6; docs/mathematics.md#landscapes.
 */
public final class Landscape {
  private final double[][] axes;
  private final double[] loss;
  private final double[] accuracy;
  private final boolean[] outside;
  private final List<Outcome> topEigenvalues;
  private final double center;
  private final List<Outcome> curvatures;
  private final double[] norms;
  private final int evaluated;
  private final String ending;

  Landscape(
      double[][] axes,
      LandscapeState state,
      double center,
      List<Outcome> curvatures,
      double[] norms,
      String ending) {
    this.axes = axes;
    this.loss = state.loss.clone();
    this.accuracy = state.accuracy.clone();
    this.outside = state.outside.clone();
    this.topEigenvalues = List.copyOf(state.topEigenvalues());
    this.center = center;
    this.curvatures = List.copyOf(curvatures);
    this.norms = norms.clone();
    this.evaluated = state.done;
    this.ending = ending;
  }

  /**
   * Returns the number of axes.
   *
   * @return 1 for a line, 2 for a plane
   */
  public int dimension() {
    return axes.length;
  }

  /**
   * Returns the steps along an axis, in units of its direction.
   *
   * @param axis 0 or 1
   * @return increasing numbers, a copy
   */
  public double[] axis(int axis) {
    return axes[axis].clone();
  }

  /**
   * Returns the number of steps along an axis.
   *
   * @param axis 0 or 1; a line has one step along axis 1
   * @return the number of points
   */
  public int points(int axis) {
    return axis < axes.length ? axes[axis].length : 1;
  }

  /**
   * Returns the losses.
   *
   * @return row-major, a copy
   */
  public double[] loss() {
    return loss.clone();
  }

  /**
   * Returns the loss at a point.
   *
   * @param i the step along axis 0
   * @param j the step along axis 1, 0 on a line
   * @return the loss, or NaN
   */
  public double loss(int i, int j) {
    return loss[i * points(1) + j];
  }

  /**
   * Returns the accuracies.
   *
   * @return row-major, a copy; NaN where there is no loss; empty where the loss has no accuracy
   */
  public Optional<double[]> accuracy() {
    for (double value : accuracy) {
      if (!Double.isNaN(value)) {
        return Optional.of(accuracy.clone());
      }
    }
    return Optional.empty();
  }

  /**
   * Tells which points lie beyond the domain of the coordinates.
   *
   * @return row-major, a copy
   */
  public boolean[] outsideChart() {
    return outside.clone();
  }

  /**
   * Returns how many points lie beyond the domain of the coordinates.
   *
   * @return the number, of the points that were evaluated
   */
  public int outside() {
    int count = 0;
    for (boolean point : outside) {
      count += point ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns the largest eigenvalue of the Hessian in the coordinates at the points of a line.
   *
   * @return one for each point that was reached, not applicable beyond the domain; empty if they
   *     were not asked for
   */
  public List<Outcome> topEigenvalues() {
    return topEigenvalues;
  }

  /**
   * Returns the loss at the center.
   *
   * @return L(w(η))
   */
  public double center() {
    return center;
  }

  /**
   * Returns the second derivative of the loss along an axis at the center.
   *
   * <p>Formula: d_iᵀ ∇²l(η) d_i, by one Hessian product in float64.
   *
   * @param axis 0 or 1
   * @return the curvature; not applicable if the run ended before
   */
  public Outcome curvature(int axis) {
    return curvatures.get(axis);
  }

  /**
   * Returns the norm of a direction in the coordinates.
   *
   * @param axis 0 or 1
   * @return ‖d_i‖₂
   */
  public double norm(int axis) {
    return norms[axis];
  }

  /**
   * Where the loss is twice that of the center.
   *
   * @param radius the least distance from the center, between its neighbors on the grid
   * @param low the least distance of the part of the grid's line that it lies on
   * @param high the largest distance of that part
   */
  public record Doubling(double radius, double low, double high) {}

  /**
   * Returns how far the loss is below twice that of the center.
   *
   * <p>Formula: the least √(a² + b²) of the points where the loss crosses 2 L(w(η)) along the lines
   * of the grid. Between neighbors √(L − L(w(η))) is taken as linear, which is exact along a line
   * through the minimum of a quadratic; where a neighbor has less than the loss of the center, the
   * loss is. Units: of the directions. Errors: the point lies between two neighbors of the grid,
   * {@code low} and {@code high}; a finer grid tells more.
   *
   * @return the radius; empty if no line of the grid crosses, or the center's loss is not positive
   *     or the center no point of the grid
   */
  public Optional<Doubling> doubling() {
    Doubling least = null;
    for (int i = 0; center > 0 && hasCenter() && i < points(0); i++) {
      for (int j = 0; j < points(1); j++) {
        if (i + 1 < points(0)) {
          least = nearer(least, second(j), axes[0][i], axes[0][i + 1], loss(i, j), loss(i + 1, j));
        }
        if (j + 1 < points(1)) {
          least = nearer(least, axes[0][i], second(j), second(j + 1), loss(i, j), loss(i, j + 1));
        }
      }
    }
    return Optional.ofNullable(least);
  }

  /**
   * The nearer of a crossing and one between two neighbors, of which one coordinate is the same.
   */
  private @Nullable Doubling nearer(
      @Nullable Doubling least, double same, double from, double to, double before, double after) {
    boolean finite = Double.isFinite(before) && Double.isFinite(after);
    if (!finite || (before < 2 * center) == (after < 2 * center)) {
      return least;
    }
    boolean rises = before >= center && after >= center;
    double start = rises ? Math.sqrt(before - center) : before;
    double end = rises ? Math.sqrt(after - center) : after;
    double level = rises ? Math.sqrt(center) : 2 * center;
    double radius = Math.hypot(same, from + (level - start) / (end - start) * (to - from));
    if (least != null && least.radius() <= radius) {
      return least;
    }
    double closest = from * to <= 0 ? 0 : Math.min(Math.abs(from), Math.abs(to));
    double farthest = Math.max(Math.abs(from), Math.abs(to));
    return new Doubling(radius, Math.hypot(same, closest), Math.hypot(same, farthest));
  }

  /**
   * Tells whether the center is a point of the grid.
   *
   * @return whether every axis has the step 0
   */
  public boolean hasCenter() {
    return Arrays.stream(axes).allMatch(axis -> Arrays.stream(axis).anyMatch(step -> step == 0));
  }

  private double second(int j) {
    return axes.length == 1 ? 0 : axes[1][j];
  }

  /**
   * Returns the roughness: the saddle-minimum average distance (SMAD).
   *
   * <p>Formula: the mean of loss(saddle) − loss(minimum) over the local minima of the grid whose
   * basin meets another at the saddle before it grows over a further one: the leaves of the merge
   * tree of sublevel sets, of points joined along the lines of the grid. 0 if there is one minimum.
   *
   * <p>Units: of the loss. Cost: O(N log N) for N points. Points without a loss count as higher
   * than all others. Source: the unweighted SMAD of Landscaper (Vis4SciML), for grids.
   *
   * @return at least 0; NaN if no point has a loss
   */
  public double roughness() {
    return MergeTree.averageLeaf(loss, points(0), points(1));
  }

  /**
   * Returns the least and the largest finite loss.
   *
   * @return both; NaN if there is none
   */
  public double[] range() {
    double[] finite = Arrays.stream(loss).filter(Double::isFinite).toArray();
    return finite.length == 0
        ? new double[] {Double.NaN, Double.NaN}
        : new double[] {
          Arrays.stream(finite).min().orElse(0), Arrays.stream(finite).max().orElse(0)
        };
  }

  /**
   * Returns how many points were evaluated.
   *
   * @return all of them unless the run was told to stop
   */
  public int evaluated() {
    return evaluated;
  }

  /**
   * Tells whether every point was evaluated and every eigenvalue met its tolerance.
   *
   * @return the status: {@code exact}, or {@code not-converged}
   */
  public Status status() {
    boolean all =
        evaluated == loss.length
            && topEigenvalues.stream().allMatch(one -> one.status().acceptable())
            && curvatures.stream().allMatch(one -> one.status().acceptable());
    return all ? Status.EXACT : Status.NOT_CONVERGED;
  }

  /**
   * Says why the run ended.
   *
   * @return a clause
   */
  public String ending() {
    return ending;
  }
}
