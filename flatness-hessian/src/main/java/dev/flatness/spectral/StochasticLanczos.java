package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The spectral density of a symmetric operator by stochastic Lanczos quadrature.
 *
 * <p>Formula: for a random unit vector v, k Lanczos steps give T_k with eigenpairs (θ_j, s_j); the
 * quadrature Σ_j (e₁ᵀ s_j)² f(θ_j) approximates vᵀ f(A) v, whose mean over v is Tr f(A) / n.
 *
 * <p>Defaults: 5 probes of 80 steps (docs/mathematics.md#spectral-density and the command line).
 * Cost: probes · steps products in blocks of as many probes as 1 GiB of bases allows, so that bits
 * depend on dimension, probes and steps alone; 8 · steps · dimension bytes a probe of the block;
 * every basis is re-orthogonalized in full, 8 · steps² · dimension operations a probe. Errors: a
 * probe whose Krylov space is invariant ends there and is exact; one that a limit of memory, of
 * time or a product that is not finite cuts short gives the status not-converged.
 *
 * <p>Source: Ubaru, Chen and Saad 2017, Algorithm 1; Ghorbani et al. 2019. Immutable; probe i
 * depends on the seed and i alone.
 */
public final class StochasticLanczos {
  private static final StochasticLanczos DEFAULTS = new StochasticLanczos(5, 80);
  private static final long BLOCK_BYTES = 1L << 30;

  private final int probes;
  private final int steps;

  private StochasticLanczos(int probes, int steps) {
    this.probes = probes;
    this.steps = steps;
  }

  /**
   * Returns the defaults.
   *
   * @return 5 probes of 80 steps
   */
  public static StochasticLanczos withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns this method with another number of probes.
   *
   * @param number how many random vectors; one gives no standard error
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public StochasticLanczos withProbes(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "the number of probes is " + number + ", expected at least 1");
    }
    return new StochasticLanczos(number, steps);
  }

  /**
   * Returns this method with another number of steps.
   *
   * @param number how many products a probe
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public StochasticLanczos withSteps(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "the number of steps is " + number + ", expected at least 1");
    }
    return new StochasticLanczos(probes, number);
  }

  /**
   * Returns the number of probes.
   *
   * @return how many
   */
  public int probes() {
    return probes;
  }

  /**
   * Returns the number of steps.
   *
   * @return products a probe
   */
  public int steps() {
    return steps;
  }

  /**
   * Estimates the density.
   *
   * @param operator A
   * @param seed the root of the probes
   * @return the density
   * @throws IllegalArgumentException if the operator has no dimension
   * @throws ArithmeticException if the first product of every probe is not finite
   */
  public SpectralDensity density(SymmetricOperator operator, Seed seed) {
    return density(operator, seed, Monitor.NONE);
  }

  /**
   * Estimates the density until a monitor stops it.
   *
   * @param operator A
   * @param seed the root of the probes
   * @param monitor receives the number of products; asked before every step but a probe's first
   * @return the density
   * @throws IllegalArgumentException if the operator has no dimension
   * @throws ArithmeticException if the first product of every probe is not finite
   */
  public SpectralDensity density(SymmetricOperator operator, Seed seed, Monitor monitor) {
    int n = operator.dimension();
    long basis = 8L * Math.min(steps, n) * n;
    int width = (int) Math.max(1, Math.min(probes, BLOCK_BYTES / Math.max(1, basis)));
    List<LanczosRun> runs = new ArrayList<>();
    List<SpectralDensity.Quadrature> quadratures = new ArrayList<>();
    String reason = null;
    int products = 0;
    for (int first = 0; first < probes; first += width) {
      runs.clear();
      for (int i = first; i < Math.min(probes, first + width); i++) {
        LanczosRun run = Lanczos.withDefaults().withMaxProducts(steps).start(n, seed.split(i));
        run.pursue(steps);
        runs.add(run);
      }
      advance(operator, runs, monitor, products);
      for (LanczosRun run : runs) {
        products += run.products();
        boolean complete = run.products() == steps || run.invariant();
        reason = reason == null && !complete ? run.reason() : reason;
        if (run.products() > 0) {
          quadratures.add(quadrature(run));
        }
        run.release(0);
      }
    }
    if (quadratures.isEmpty()) {
      throw new ArithmeticException("the spectral density has no probe because " + reason);
    }
    return reason == null
        ? new SpectralDensity(
            n,
            quadratures,
            products,
            Status.ESTIMATED,
            "all " + probes + " probes took their steps or spanned an invariant space")
        : new SpectralDensity(n, quadratures, products, Status.NOT_CONVERGED, reason);
  }

  private void advance(
      SymmetricOperator operator, List<LanczosRun> runs, Monitor monitor, int before) {
    for (int step = 0; step < steps; step++) {
      List<LanczosRun> open =
          runs.stream().filter(run -> !run.finished() && !run.invariant()).toList();
      if (open.isEmpty()) {
        return;
      }
      if (step > 0 && monitor.stopped()) {
        open.forEach(run -> run.stop(monitor.whyStopped()));
        return;
      }
      double[][] vectors = open.stream().map(LanczosRun::nextVector).toArray(double[][]::new);
      double[][] images = new double[vectors.length][operator.dimension()];
      operator.apply(vectors, images);
      for (int i = 0; i < images.length; i++) {
        open.get(i).accept(images[i]);
      }
      int done = before + runs.stream().mapToInt(LanczosRun::products).sum();
      monitor.update("density", done, (long) probes * Math.min(steps, operator.dimension()));
    }
  }

  private static SpectralDensity.Quadrature quadrature(LanczosRun run) {
    SymmetricEigen eigen = run.krylovEigen();
    double[] weights = new double[eigen.values().length];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = eigen.vectors()[j][0] * eigen.vectors()[j][0];
    }
    Vectors.divide(weights, Arrays.stream(weights).sum());
    return new SpectralDensity.Quadrature(eigen.values(), weights);
  }
}
