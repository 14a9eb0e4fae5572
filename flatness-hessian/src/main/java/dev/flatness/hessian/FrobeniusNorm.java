package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.ExtremeEigenvalues;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.PassStoppedException;
import java.util.Arrays;
import java.util.List;

/**
 * {@code hessian-frobenius-norm}: the Frobenius norm of the Hessian.
 *
 * <p>Formula: ‖H‖_F = √(Σ_i ‖H e_i‖²). Units: loss per squared parameter. Cost: exact by p products
 * in blocks of 32 up to 4,096 parameters (docs/mathematics.md#frobenius-estimator). Above, the
 * first 16 steps of the Lanczos run that the extreme eigenvalues share, H Q = Q T + β q eᵀ, hold
 * the part ‖T‖_F² + 2β² exactly; the rest is ‖P H P‖_F² with P = I − QQᵀ, the mean of ‖P H P z‖²
 * over random sign vectors z in blocks of 4 until the standard error is 1 % of the norm, at least
 * 12 and 16 at most (ours; the outlying eigenvalues, from which plain probes get their variance,
 * are in Q). Norms are squared over the largest of them, so that no square leaves the range of
 * doubles. Not invariant to rescaling.
 *
 * <p>Source: the sampled part is Hutchinson 1990 for (P H P)²; deflation as in Meyer et al. 2021.
 * Immutable.
 */
public final class FrobeniusNorm extends AbstractMeasure implements SurfaceMeasure {
  private static final FrobeniusNorm DEFAULTS = new FrobeniusNorm(4096);
  private static final int BLOCK = 32;
  private static final int PROBES = 16;
  private static final int PROBE_BLOCK = 4;

  /** Fewer have a standard error that is small by chance too often. */
  private static final int FEWEST = 12;

  private static final double TARGET = 0.01;

  private final int exactUpTo;

  private FrobeniusNorm(int exactUpTo) {
    super(
        "hessian-frobenius-norm",
        "Frobenius norm of the Hessian",
        Invariance.NONE,
        "sum of squares of the Hessian; sampled: Hutchinson 1990",
        Scope.NETWORK);
    this.exactUpTo = exactUpTo;
  }

  /**
   * Returns the measure that is exact up to 4,096 parameters.
   *
   * @return the measure
   */
  public static FrobeniusNorm withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns the measure with another limit of exactness.
   *
   * @param parameters up to how many parameters it is exact
   * @return the changed copy
   * @throws IllegalArgumentException if negative
   */
  public FrobeniusNorm withExactUpTo(int parameters) {
    if (parameters < 0) {
      throw new IllegalArgumentException(
          "the limit of exactness is " + parameters + " parameters, expected at least 0");
    }
    return new FrobeniusNorm(parameters);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return network.parameterCount() <= exactUpTo ? List.of() : List.of(HessianFacts.KRYLOV);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(own(network.parameterCount()));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(at(SurfacePoint.ofNetwork(subject)));
  }

  @Override
  public Estimate at(SurfacePoint point) {
    return network(point.dimension() <= exactUpTo ? exact(point) : sampled(point));
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return dimension <= exactUpTo
        ? List.of(own(dimension))
        : List.of(HessianFacts.eigenvalueWork(ExtremeEigenvalues.KRYLOV_STEPS), own(dimension));
  }

  private Work own(int p) {
    return p <= exactUpTo
        ? new Work("columns of the Hessian", Pass.HESSIAN_PRODUCT, p)
        : new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, 12);
  }

  private static Outcome sampled(SurfacePoint point) {
    LanczosRun.Krylov krylov = point.krylov();
    SymmetricOperator hessian = point.hessian();
    Outcome norm =
        deflated(
            krylov,
            hessian,
            point.seed().split("frobenius-norm"),
            point.monitor().as("random probes"));
    return norm.withProducts(krylov.basis().size() + norm.products().orElse(0))
        .plusProductError(Math.sqrt(point.dimension()) * hessian.error());
  }

  /** ‖A‖_F of which the first steps of a Lanczos run hold a part exactly. */
  static Outcome deflated(
      LanczosRun.Krylov krylov, SymmetricOperator operator, Seed seed, Monitor monitor) {
    SymmetricOperator rest =
        SymmetricOperators.deflated(operator, krylov.basis().toArray(double[][]::new));
    double[] norms = new double[PROBES];
    int done = 0;
    Outcome norm = Outcome.exact(Double.NaN);
    boolean met = false;
    do {
      try {
        probe(rest, seed, norms, done);
      } catch (PassStoppedException late) {
        if (done == 0) {
          throw late;
        }
        break;
      }
      done += PROBE_BLOCK;
      monitor.update("probes", done, PROBES);
      norm = root(krylov.norm(), Arrays.copyOf(norms, done));
      double error = norm.standardError().orElse(Double.POSITIVE_INFINITY);
      met = done >= FEWEST && error <= TARGET * norm.value();
    } while (!met && done < PROBES && norm.status() != Status.OVERFLOW && !monitor.stopped());
    if (norm.status() == Status.OVERFLOW) {
      return norm.withMethod("deflated probes")
          .withProducts(done)
          .because("the norm of a product leaves the range of doubles");
    }
    boolean late = !met && done < PROBES;
    return norm.withMethod("deflated probes")
        .withStatus(late ? Status.NOT_CONVERGED : Status.ESTIMATED)
        .withProducts(done)
        .because(
            met ? "the standard error met its target" : monitor.ending(done, PROBES, "probes"));
  }

  /**
   * The root of what is known and the mean of a sample, all squares of norms. The root of a mean is
   * too small by e²/(8 s²) of itself on average, e the standard error of the square s.
   */
  private static Outcome root(double knownNorm, double[] norms) {
    double most = Math.max(knownNorm, Arrays.stream(norms).max().orElseThrow());
    if (!Double.isFinite(most)) {
      return Outcome.of(most, "probes", Status.OVERFLOW);
    }
    double unit = most == 0 ? 1 : most;
    double known = (knownNorm / unit) * (knownNorm / unit);
    double[] squares = Arrays.stream(norms).map(norm -> (norm / unit) * (norm / unit)).toArray();
    Outcome norm = root(known, Outcome.mean(squares, "probes")).times(unit);
    return Double.isFinite(norm.value())
        ? norm
        : Outcome.of(norm.value(), "probes", Status.OVERFLOW);
  }

  private static Outcome root(double known, Outcome rest) {
    double square = known + rest.value();
    double norm = Math.sqrt(square);
    double error = rest.standardError().orElse(Double.NaN);
    if (norm == 0 || !Double.isFinite(error)) {
      return rest.withValue(norm);
    }
    double relative = error / square;
    Interval range = rest.interval().orElseThrow();
    return rest.withValue(norm * (1 + relative * relative / 8))
        .withStandardError(
            norm * relative / 2,
            new Interval(
                Math.sqrt(Math.max(0, known + range.low())), Math.sqrt(known + range.high())));
  }

  /** ‖P H P z‖ of one block of probes; probe i depends on the seed and i alone. */
  private static void probe(SymmetricOperator deflated, Seed seed, double[] norms, int first) {
    double[][] z = new double[PROBE_BLOCK][deflated.dimension()];
    double[][] products = new double[PROBE_BLOCK][deflated.dimension()];
    for (int i = 0; i < PROBE_BLOCK; i++) {
      Vectors.signs(z[i], seed.split(first + i));
    }
    deflated.apply(z, products);
    for (int i = 0; i < PROBE_BLOCK; i++) {
      norms[first + i] = Vectors.norm(products[i]);
    }
  }

  private static Outcome exact(SurfacePoint point) {
    SymmetricOperator hessian = point.hessian();
    int p = hessian.dimension();
    double[] norms = new double[p];
    int done =
        DenseSymmetric.columns(
            hessian,
            BLOCK,
            point.monitor().as("columns of the Hessian"),
            (column, product) -> norms[column] = Vectors.norm(product));
    if (done < p) {
      return Outcome.of(Double.NaN, "products", Status.NOT_CONVERGED)
          .withProducts(done)
          .because(point.monitor().whyStopped() + " after " + done + " of " + p + " columns");
    }
    return Outcome.of(Vectors.norm(norms), "products", Status.EXACT)
        .withProducts(done)
        .plusProductError(Math.sqrt(p) * hessian.error());
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && exactUpTo == ((FrobeniusNorm) other).exactUpTo;
  }

  @Override
  public int hashCode() {
    return super.hashCode() + exactUpTo;
  }
}
