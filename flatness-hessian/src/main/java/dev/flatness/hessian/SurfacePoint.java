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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A loss surface at a point, with what measures of it share: the network's own at its parameters,
 * the same in other coordinates, or a surface of one's own.
 *
 * <p>Cost: nothing before the first question; the slope is one gradient, the eigenvalues one
 * Lanczos run. Used from one thread at a time.
 */
public final class SurfacePoint {
  private final LossSurface surface;
  private final double[] point;
  private final Settings settings;
  private final Seed seed;
  private final Monitor monitor;
  private final long solverBytes;

  /** Of the network's own surface the subject, which has what measures share; else null. */
  private final @Nullable Subject network;

  /** Null of the network's own surface. */
  private final @Nullable ExtremeEigenvalues eigenvalues;

  private @Nullable Slope slope;

  /** A point of the network's own surface. */
  private SurfacePoint(Subject network) {
    this.surface = network.surface();
    this.point = network.theta();
    this.settings = network.settings();
    this.seed = network.seed();
    this.monitor = network.monitor();
    this.solverBytes = network.surface().options().solverBytes();
    this.network = network;
    this.eigenvalues = null;
  }

  private SurfacePoint(
      LossSurface surface,
      double[] point,
      Settings settings,
      Seed seed,
      Monitor monitor,
      Lanczos lanczos,
      String spectrum,
      String work) {
    if (point.length != surface.dimension()) {
      throw new IllegalArgumentException(
          "the point has "
              + point.length
              + " entries, expected the surface's dimension "
              + surface.dimension());
    }
    this.surface = surface;
    this.point = point.clone();
    this.settings = settings;
    this.seed = seed;
    this.monitor = monitor;
    this.solverBytes = lanczos.maxBasisBytes();
    this.network = null;
    this.eigenvalues =
        new ExtremeEigenvalues(
            new Lazy(surface, this.point), lanczos, seed.split(spectrum), monitor.as(work));
  }

  /**
   * Makes a point of a surface of one's own.
   *
   * @param surface L
   * @param point θ; copied
   * @param settings the settings of the run
   * @param seed the root of all randomness
   * @param monitor receives progress updates and may stop the work
   * @return the point
   * @throws IllegalArgumentException if the point has another length than the surface
   */
  public static SurfacePoint of(
      LossSurface surface, double[] point, Settings settings, Seed seed, Monitor monitor) {
    Lanczos lanczos = lanczos(Lanczos.withDefaults(), settings);
    return new SurfacePoint(
        surface, point, settings, seed, monitor, lanczos, "spectrum", "eigenvalues");
  }

  /**
   * Makes a point of a network's surface in other coordinates.
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
    return new SurfacePoint(
        surface, point, run.settings(), run.seed(), run.monitor(), lanczos(run), spectrum, work);
  }

  /** The network's own surface at its parameters, which shares the subject's facts. */
  static SurfacePoint ofNetwork(Subject subject) {
    return new SurfacePoint(subject);
  }

  /** How eigenvalues are sought in a run. */
  static Lanczos lanczos(Subject subject) {
    return lanczos(
        Lanczos.withDefaults(subject.surface().options().precision())
            .withMaxBasisBytes(subject.surface().options().solverBytes()),
        subject.settings());
  }

  private static Lanczos lanczos(Lanczos method, Settings settings) {
    Lanczos limited = method.withMaxProducts(settings.get(Settings.MAX_PRODUCTS));
    return settings.given(Settings.TOLERANCE).map(limited::withTolerance).orElse(limited);
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
    return settings;
  }

  /**
   * Returns the root of all randomness of the run.
   *
   * @return the seed
   */
  public Seed seed() {
    return seed;
  }

  /**
   * Returns the monitor of the run.
   *
   * @return the monitor
   */
  public Monitor monitor() {
    return monitor;
  }

  /**
   * Returns how much the bases of solvers may take.
   *
   * @return bytes
   */
  public long solverBytes() {
    return solverBytes;
  }

  /**
   * Returns the loss at the point.
   *
   * @return l(η)
   */
  public double loss() {
    return network != null ? network.get(Facts.EVALUATION).loss() : slope().loss();
  }

  /**
   * Returns loss and gradient at the point, computed once.
   *
   * @return l(η) and ∇l(η)
   */
  public Slope slope() {
    if (network != null) {
      return network.get(Facts.SLOPE);
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
        : own().get(end == End.LARGEST ? HessianFacts.TOP : HessianFacts.BOTTOM);
  }

  /**
   * Finds the eigenvector of the largest eigenvalue.
   *
   * @return the vector; empty if the eigenvalue did not converge
   */
  public Optional<double[]> topVector() {
    return eigenvalues != null ? eigenvalues.topVector() : own().get(HessianFacts.TOP_VECTOR);
  }

  /**
   * Finds the larger magnitude of both ends.
   *
   * @return ‖∇²l(η)‖₂
   */
  public Outcome spectralNorm() {
    return eigenvalues != null ? eigenvalues.norm() : own().get(HessianFacts.NORM);
  }

  LanczosRun.Krylov krylov() {
    return eigenvalues != null ? eigenvalues.krylov() : own().get(HessianFacts.KRYLOV);
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

  private Subject own() {
    return Objects.requireNonNull(network);
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
      made().apply(vectors, products);
    }

    @Override
    public double error() {
      return made().error();
    }

    private SymmetricOperator made() {
      SymmetricOperator known = hessian;
      if (known == null) {
        known = surface.hessian(point.clone());
        hessian = known;
      }
      return known;
    }
  }
}
