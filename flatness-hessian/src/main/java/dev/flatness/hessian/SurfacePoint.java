package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.ExtremeEigenvalues;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.Slope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A loss surface at a point: the network's own at its parameters, or the same in other coordinates,
 * with what measures of it share.
 *
 * <p>Cost: nothing before the first question; the slope is one gradient, the eigenvalues one
 * Lanczos run. Used from one thread at a time.
 */
public final class SurfacePoint {
  private final Subject run;
  private final LossSurface surface;
  private final double[] point;

  /** Null of the network's own surface, whose subject has both. */
  private final @Nullable ExtremeEigenvalues eigenvalues;

  private @Nullable Slope slope;

  private SurfacePoint(
      Subject run, LossSurface surface, double[] point, @Nullable String spectrum, String work) {
    this.run = run;
    this.surface = surface;
    this.point = point;
    this.eigenvalues =
        spectrum == null
            ? null
            : new ExtremeEigenvalues(
                new Lazy(surface, point),
                lanczos(run),
                run.seed().split(spectrum),
                run.monitor().as(work));
  }

  /**
   * Makes a point of a surface in other coordinates.
   *
   * @param run settings, seed, monitor, precision and memory
   * @param surface l
   * @param point η; copied
   * @param spectrum what the seed of the eigenvalues is split by
   * @param work what the monitor calls the search for eigenvalues
   * @return the point
   * @throws IllegalArgumentException if the point has another length than the surface
   */
  public static SurfacePoint of(
      Subject run, LossSurface surface, double[] point, String spectrum, String work) {
    if (point.length != surface.dimension()) {
      throw new IllegalArgumentException(
          "the point has "
              + point.length
              + " entries, expected the surface's dimension "
              + surface.dimension());
    }
    return new SurfacePoint(run, surface, point.clone(), spectrum, work);
  }

  /** The network's own surface at its parameters, which shares the subject's facts. */
  static SurfacePoint ofNetwork(Subject subject) {
    return new SurfacePoint(subject, subject.surface(), subject.theta(), null, "");
  }

  /** How eigenvalues are sought in a run. */
  static Lanczos lanczos(Subject subject) {
    Settings settings = subject.settings();
    Lanczos method =
        Lanczos.withDefaults(subject.surface().options().precision())
            .withMaxProducts(settings.get(Settings.MAX_PRODUCTS))
            .withMaxBasisBytes(subject.surface().options().solverBytes());
    return settings.given(Settings.TOLERANCE).map(method::withTolerance).orElse(method);
  }

  /**
   * Returns the surface.
   *
   * @return l
   */
  public LossSurface surface() {
    return surface;
  }

  /**
   * Returns the point.
   *
   * @return η, a copy
   */
  public double[] point() {
    return point.clone();
  }

  /**
   * Returns the number of coordinates.
   *
   * @return the length of η
   */
  public int dimension() {
    return point.length;
  }

  /**
   * Returns the settings of the run.
   *
   * @return the settings
   */
  public Settings settings() {
    return run.settings();
  }

  /**
   * Returns the root of all randomness of the run.
   *
   * @return the seed
   */
  public Seed seed() {
    return run.seed();
  }

  /**
   * Returns the monitor of the run.
   *
   * @return the monitor
   */
  public Monitor monitor() {
    return run.monitor();
  }

  /**
   * Returns how much the bases of solvers may take.
   *
   * @return bytes
   */
  public long solverBytes() {
    return run.surface().options().solverBytes();
  }

  /**
   * Returns the loss at the point.
   *
   * @return l(η)
   */
  public double loss() {
    return eigenvalues == null ? run.get(Facts.EVALUATION).loss() : slope().loss();
  }

  /**
   * Returns loss and gradient at the point, computed once.
   *
   * @return l(η) and ∇l(η)
   */
  public Slope slope() {
    if (eigenvalues == null) {
      return run.get(Facts.SLOPE);
    }
    if (slope == null) {
      double[] gradient = new double[point.length];
      double loss = surface.valueAndGradient(point.clone(), gradient);
      slope = new Slope(loss, gradient);
    }
    return slope;
  }

  /**
   * Returns the Hessian at the point.
   *
   * @return ∇²l(η), a new operator
   */
  public SymmetricOperator hessian() {
    return surface.hessian(point.clone());
  }

  /**
   * Finds an end of the Hessian's spectrum; all questions about it share one run.
   *
   * @param end which
   * @return the eigenvalue
   */
  public Outcome eigenvalue(End end) {
    return eigenvalues != null
        ? eigenvalues.find(end)
        : run.get(end == End.LARGEST ? HessianFacts.TOP : HessianFacts.BOTTOM);
  }

  /**
   * Finds the eigenvector of the largest eigenvalue.
   *
   * @return the vector; empty if the eigenvalue did not converge
   */
  public Optional<double[]> topVector() {
    return eigenvalues != null ? eigenvalues.topVector() : run.get(HessianFacts.TOP_VECTOR);
  }

  /**
   * Finds the larger magnitude of both ends.
   *
   * @return ‖∇²l(η)‖₂
   */
  public Outcome spectralNorm() {
    return eigenvalues != null ? eigenvalues.norm() : run.get(HessianFacts.NORM);
  }

  LanczosRun.Krylov krylov() {
    return eigenvalues != null ? eigenvalues.krylov() : run.get(HessianFacts.KRYLOV);
  }

  /**
   * Searches for the highest loss near the point.
   *
   * @param search the method
   * @param set the perturbations
   * @param known what need not be computed again
   * @param id what the seed is split by and the work is called after
   * @return the highest loss found
   */
  public SharpnessResult highest(
      SharpnessSearch search, PerturbationSet set, SharpnessSearch.Known known, String id) {
    return search.maximize(
        surface, point.clone(), set, known, seed().split(id), monitor().as(id + ": gradients"));
  }

  /**
   * Estimates the average increase of the loss near the point.
   *
   * @param method the estimator
   * @param noise the perturbations
   * @param id what the seed is split by and the work is called after
   * @return the mean increase
   */
  public ExpectedIncrease.Result average(
      ExpectedIncrease method, ExpectedIncrease.Noise noise, String id) {
    return method.estimate(
        surface, point.clone(), noise, seed().split(id), monitor().as(id + ": pairs"));
  }

  /** The Hessian, made when the first product is asked for: to make it may take a gradient. */
  private static final class Lazy implements SymmetricOperator {
    private final LossSurface surface;
    private final double[] point;
    private @Nullable SymmetricOperator hessian;

    Lazy(LossSurface surface, double[] point) {
      this.surface = surface;
      this.point = point;
    }

    @Override
    public int dimension() {
      return point.length;
    }

    @Override
    public void apply(double[][] vectors, double[][] products) {
      if (hessian == null) {
        hessian = surface.hessian(point.clone());
      }
      hessian.apply(vectors, products);
    }
  }
}
