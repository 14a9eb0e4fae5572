package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
  private static final StochasticLanczos DEFAULTS = new StochasticLanczos(5, 80, Long.MAX_VALUE);
  private static final long BLOCK_BYTES = 1L << 30;
  private static final int PROBE_BYTES = 128;

  private final int probes;
  private final int steps;
  private final long maxBasisBytes;

  private StochasticLanczos(int probes, int steps, long maxBasisBytes) {
    this.probes = probes;
    this.steps = steps;
    this.maxBasisBytes = maxBasisBytes;
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
   * @param number how many random vectors; the error of one alone is that of a point drawn from a
   *     sphere
   * @return the changed copy
   * @throws IllegalArgumentException if less than 1
   */
  public StochasticLanczos withProbes(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "the number of probes is " + number + ", expected at least 1");
    }
    return new StochasticLanczos(number, steps, maxBasisBytes);
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
    return new StochasticLanczos(probes, number, maxBasisBytes);
  }

  /**
   * Returns this method with another limit of memory.
   *
   * @param bytes the largest size of the bases of all probes that advance together
   * @return the changed copy
   * @throws IllegalArgumentException if not positive
   */
  public StochasticLanczos withMaxBasisBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "the limit of the Lanczos basis is " + bytes + " bytes, expected a positive number");
    }
    return new StochasticLanczos(probes, steps, bytes);
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
    requireRoom(n);
    long basis = 8L * Math.min(steps, n) * n;
    int width =
        (int)
            Math.max(
                1, Math.min(probes, Math.min(BLOCK_BYTES, maxBasisBytes) / Math.max(1, basis)));
    List<SpectralDensity.Quadrature> quadratures = new ArrayList<>();
    String reason = null;
    long products = 0;
    for (int first = 0; first < probes; first += width) {
      List<KrylovChain> chains = new ArrayList<>();
      for (int i = first; i < Math.min(probes, (long) first + width); i++) {
        chains.add(KrylovChain.random(n, seed.split(i).split(0)));
      }
      Optional<String> cut = advance(operator, chains, monitor, products);
      for (KrylovChain chain : chains) {
        products += chain.products();
        reason = reason == null && !done(chain) ? cut.orElseThrow() : reason;
        if (chain.products() > 0) {
          quadratures.add(quadrature(chain));
        }
      }
    }
    int used = (int) Math.min(Integer.MAX_VALUE, products);
    if (quadratures.isEmpty()) {
      throw new ArithmeticException("the spectral density has no probe because " + reason);
    }
    double error = operator.error();
    String noisy = error == 0 ? "" : "; every node has the error " + error + " of the products";
    return reason == null
        ? new SpectralDensity(
            n,
            quadratures,
            used,
            Status.ESTIMATED,
            "all " + probes + " probes took their steps or spanned an invariant space" + noisy)
        : new SpectralDensity(n, quadratures, used, Status.NOT_CONVERGED, reason + noisy);
  }

  /** The nodes and weights of all probes are kept; they may take a quarter of the heap. */
  private void requireRoom(int n) {
    double each = 16.0 * Math.min(steps, n) + PROBE_BYTES;
    double most = Runtime.getRuntime().maxMemory() / 4.0;
    if (probes * each > most) {
      throw new IllegalArgumentException(
          "the nodes of "
              + probes
              + " probes of "
              + Math.min(steps, n)
              + " steps would take "
              + Memory.needed(probes * each)
              + " of the "
              + Memory.available(most)
              + " allowed; ask for "
              + Math.max(1, (long) (most / each))
              + " probes or fewer, or for fewer steps");
    }
  }

  private boolean done(KrylovChain chain) {
    return chain.products() == steps || chain.complete();
  }

  /** Takes the steps of some probes together; tells what cut a probe short. */
  private Optional<String> advance(
      SymmetricOperator operator, List<KrylovChain> chains, Monitor monitor, long before) {
    int n = operator.dimension();
    List<KrylovChain> open = new ArrayList<>(chains);
    String cut = null;
    for (int step = 0; !open.isEmpty(); step++) {
      Optional<String> full =
          Lanczos.withDefaults().withMaxBasisBytes(maxBasisBytes).full(step + 1, n);
      if (full.isPresent() || (step > 0 && monitor.stopped())) {
        return Optional.of(full.orElseGet(monitor::whyStopped));
      }
      double[][] vectors = open.stream().map(KrylovChain::next).toArray(double[][]::new);
      double[][] images = new double[vectors.length][n];
      try {
        operator.apply(vectors, images);
      } catch (PassStoppedException late) {
        if (before + step == 0) {
          throw late;
        }
        return Optional.of(monitor.whyStopped());
      }
      for (int i = images.length - 1; i >= 0; i--) {
        if (!open.get(i).accept(images[i])) {
          cut = "product " + (step + 1) + " is not finite";
          open.remove(i);
        } else if (done(open.get(i))) {
          open.remove(i);
        }
      }
      long done = before + chains.stream().mapToInt(KrylovChain::products).sum();
      monitor.update("density", done, (long) probes * Math.min(steps, n));
    }
    return Optional.ofNullable(cut);
  }

  private static SpectralDensity.Quadrature quadrature(KrylovChain chain) {
    SymmetricEigen eigen = chain.eigen();
    double[] weights = new double[eigen.values().length];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = eigen.vectors()[j][0] * eigen.vectors()[j][0];
    }
    Vectors.divide(weights, Arrays.stream(weights).sum());
    return new SpectralDensity.Quadrature(eigen.values(), weights);
  }
}
