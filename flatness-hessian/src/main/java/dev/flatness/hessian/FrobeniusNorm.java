package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.spectral.Sampled;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * {@code hessian-frobenius-norm}: the Frobenius norm of the Hessian.
 *
 * <p>Formula: ‖H‖_F = √(Σ_i ‖H e_i‖²). Units: loss per squared parameter. Cost: exact by p products
 * in blocks of 32 up to 4,096 parameters (mathematics §4). Above, the first 16 steps of the Lanczos
 * run that the extreme eigenvalues share, H Q = Q T + β q eᵀ, hold the part ‖T‖_F² + 2β² exactly;
 * the rest is ‖P H P‖_F² with P = I − QQᵀ, the mean of ‖P H P z‖² over random sign vectors z in
 * blocks of 4 until the standard error is 1 % of the norm, 16 at most (ours; the outlying
 * eigenvalues, from which plain probes get their variance, are in Q). Not invariant to rescaling.
 *
 * <p>Source: the sampled part is Hutchinson 1990 for (P H P)²; deflation as in Meyer et al. 2021.
 * Immutable.
 */
public final class FrobeniusNorm extends HessianMeasure {
  private static final FrobeniusNorm DEFAULTS = new FrobeniusNorm(4096);
  private static final int BLOCK = 32;
  private static final int PROBES = 16;
  private static final int PROBE_BLOCK = 4;
  private static final double TARGET = 0.01;

  private final int exactUpTo;

  private FrobeniusNorm(int exactUpTo) {
    super(
        "hessian-frobenius-norm",
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
  public List<Work> work(Network network, MeasureSettings settings) {
    return network.parameterCount() <= exactUpTo
        ? List.of(
            new Work("columns of the Hessian", Pass.HESSIAN_PRODUCT, network.parameterCount()))
        : List.of(Costs.KRYLOV, new Work(id() + ": probes", Pass.HESSIAN_PRODUCT, 12));
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    if (subject.surface().dimension() <= exactUpTo) {
      return List.of(exact(subject));
    }
    return List.of(sampled(subject, seed));
  }

  private Estimate sampled(Subject subject, Seed seed) {
    LanczosRun.Krylov krylov = Shared.spectrum(subject, seed).krylov();
    Sampled norm =
        deflated(
            krylov,
            Shared.hessian(subject),
            seed.split("frobenius-norm"),
            subject::timeIsUp,
            done -> subject.progress().update("random probes", done, PROBES));
    boolean met = norm.standardError() <= TARGET * norm.value();
    boolean late = !met && norm.products() < PROBES;
    return Estimate.network(id(), claim(), norm.value())
        .method("deflated probes", late ? Status.NOT_CONVERGED : Status.ESTIMATED)
        .standardError(norm.standardError())
        .products(krylov.basis().size() + norm.products())
        .reason(
            met
                ? "the standard error met its target"
                : Sampled.ending(norm.products(), PROBES, "probes"))
        .build();
  }

  /** ‖A‖_F of which the first steps of a Lanczos run hold a part exactly. */
  static Sampled deflated(
      LanczosRun.Krylov krylov,
      SymmetricOperator operator,
      Seed seed,
      BooleanSupplier timeIsUp,
      IntConsumer progress) {
    SymmetricOperator rest =
        SymmetricOperators.deflated(operator, krylov.basis().toArray(double[][]::new));
    double[] squares = new double[PROBES];
    int done = 0;
    double norm;
    double error;
    do {
      probe(rest, seed, squares, done);
      done += PROBE_BLOCK;
      progress.accept(done);
      Sampled square = Sampled.mean(Arrays.copyOf(squares, done), done);
      norm = Math.sqrt(krylov.squaredNorm() + square.value());
      error = norm == 0 ? 0 : square.standardError() / (2 * norm);
    } while (error > TARGET * norm && done < PROBES && !timeIsUp.getAsBoolean());
    return new Sampled(norm, error, done);
  }

  /** ‖P H P z‖² of one block of probes; probe i depends on the seed and i alone. */
  private static void probe(SymmetricOperator deflated, Seed seed, double[] squares, int first) {
    double[][] z = new double[PROBE_BLOCK][deflated.dimension()];
    double[][] products = new double[PROBE_BLOCK][deflated.dimension()];
    for (int i = 0; i < PROBE_BLOCK; i++) {
      Vectors.signs(z[i], seed.split(first + i));
    }
    deflated.apply(z, products);
    for (int i = 0; i < PROBE_BLOCK; i++) {
      squares[first + i] = Vectors.dot(products[i], products[i]);
    }
  }

  private Estimate exact(Subject subject) {
    SymmetricOperator hessian = Shared.hessian(subject);
    int p = hessian.dimension();
    double[] norms = new double[p];
    int[] done = {0};
    DenseSymmetric.columns(
        hessian,
        BLOCK,
        subject::timeIsUp,
        (column, product) -> {
          norms[column] = Vectors.norm(product);
          done[0] = column + 1;
          if (done[0] % BLOCK == 0 || done[0] == p) {
            subject.progress().update("columns of the Hessian", done[0], p);
          }
        });
    boolean complete = done[0] == p;
    Estimate.Builder builder =
        Estimate.network(id(), claim(), complete ? Vectors.norm(norms) : Double.NaN)
            .method("products", complete ? Status.EXACT : Status.NOT_CONVERGED)
            .products(done[0]);
    if (!complete) {
      builder.reason("the time limit has passed after " + done[0] + " of " + p + " columns");
    }
    return builder.build();
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
