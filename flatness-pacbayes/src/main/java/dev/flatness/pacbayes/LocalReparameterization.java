package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.dense.DensePass;
import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.loss.Loss;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.SurfaceOptions;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The risk of a Gaussian posterior by draws that give each sample weights of its own, for chains of
 * dense layers.
 *
 * <p>Formula: with weights N(μ, diag σ²) the pre-activations of a layer that reads h are
 * independent, N(μᵀh, Σ σ² h²), and are drawn as such. Every sample of every pass is an independent
 * draw of the stochastic predictor, so n samples and k passes make n · k draws.
 *
 * <p>Cost: two products a layer for a pass; the first layer's are made once for all passes. Memory:
 * 256 rows of activations a thread. Deterministic: each draw has a seed of its own, of pass and
 * sample, so the threads change no bit. Errors: networks of other layers are refused, naming the
 * layer.
 *
 * <p>Source: Kingma, Salimans and Welling 2015; docs/mathematics.md#local-reparameterization.
 */
public final class LocalReparameterization {
  private static final int ROWS = 256;

  private LocalReparameterization() {}

  /**
   * What was drawn.
   *
   * @param draws the number of independent draws, n · passes
   * @param wrong how many of them were predicted wrong, ties included
   * @param clippedLoss the sum over the draws of the loss clipped at ln (1/p_min) and divided by
   *     it, each in [0, 1]
   */
  public record Drawn(long draws, long wrong, double clippedLoss) {}

  /**
   * Says why a network's risk cannot be drawn in this way.
   *
   * @param network the network
   * @return a clause that names the layer, or empty
   */
  public static Optional<String> refusal(Network network) {
    return DenseChain.refusal(network);
  }

  /**
   * Draws the risk.
   *
   * @param network the network; its own parameters play no part
   * @param posterior Q, over all its parameters
   * @param data the samples
   * @param loss a loss of classification
   * @param minimumProbability p_min in (0, 1), which clips the loss at ln (1/p_min)
   * @param passes the number of draws for each sample, at least 1
   * @param seed the root of the draws
   * @param options precision, threads and provider
   * @param monitor receives progress updates; may stop the draws
   * @return the sums
   * @throws IllegalArgumentException if the network is no chain of dense layers, the loss tells no
   *     right prediction from a wrong one, or data, posterior and network do not fit
   * @throws PassStoppedException if the monitor stopped the draws
   */
  public static Drawn draw(
      Network network,
      DiagonalGaussian posterior,
      Dataset data,
      Loss loss,
      double minimumProbability,
      int passes,
      Seed seed,
      SurfaceOptions options,
      Monitor monitor) {
    DenseChain chain = DenseChain.of(network);
    PosteriorProblem.requireDimension("posterior", posterior, network);
    PosteriorProblem.requireFit(network, data, loss);
    requireProbability(minimumProbability);
    if (passes < 1) {
      throw new IllegalArgumentException(
          "the number of passes is " + passes + ", expected at least 1");
    }
    SurrogateRisk clip = SurrogateRisk.of(Surrogate.CLIPPED, loss, minimumProbability);
    DensePass parameters = DensePasses.of(chain, 0, options);
    parameters.parameters(posterior.mean(), posterior.sigma(), 0, chain.parameters());
    DensePass[] workers = new DensePass[options.threads()];
    SampleRows rows = new SampleRows(data, options.precision(), 0);
    ChunkRunner runner = new ChunkRunner(options.threads());
    int chunks = (data.size() + ROWS - 1) / ROWS;
    runner.until(monitor::stopped);
    double[] sums = new double[2];
    runner.run(
        chunks,
        sums,
        (worker, chunk, result) -> {
          if (workers[worker] == null) {
            workers[worker] = parameters.drawing(ROWS);
          }
          if (worker == 0) {
            monitor.update("drawing the risk", chunk, chunks);
          }
          int first = chunk * ROWS;
          int count = Math.min(ROWS, data.size() - first);
          chunk(workers[worker], rows, first, count, chain.outputs(), clip, passes, seed, result);
        });
    monitor.update("drawing the risk", chunks, chunks);
    return new Drawn((long) data.size() * passes, (long) sums[0], sums[1]);
  }

  /** Refuses a smallest probability at which nothing could be clipped. */
  static void requireProbability(double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(
          "the smallest probability is " + value + ", expected a number between 0 and 1");
    }
  }

  private static void chunk(
      DensePass pass,
      SampleRows rows,
      int first,
      int count,
      int outputs,
      SurrogateRisk clip,
      int passes,
      Seed seed,
      double[] sums) {
    double[] x = new double[rows.features()];
    double[][] targets = new double[count][rows.targetSize()];
    for (int i = 0; i < count; i++) {
      rows.read(first + i, x, targets[i]);
      pass.input(i, x);
    }
    pass.first(0, count);
    double[] f = new double[outputs];
    RandomGenerator[] noise = new RandomGenerator[count];
    for (int k = 0; k < passes; k++) {
      Seed draws = seed.split(k);
      for (int i = 0; i < count; i++) {
        noise[i] = draws.split(first + i).generator();
      }
      pass.draw(0, count, noise);
      for (int i = 0; i < count; i++) {
        pass.outputs(i, f);
        sums[0] += Mistakes.wrong(clip.loss(), f, targets[i]) ? 1 : 0;
        double value = clip.loss().value(f, targets[i]);
        sums[1] += Double.isNaN(value) ? 1 : clip.clipped(value);
      }
    }
  }
}
