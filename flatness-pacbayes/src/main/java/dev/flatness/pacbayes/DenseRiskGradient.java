package dev.flatness.pacbayes;

import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.dense.DensePass;
import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The risk of a chain of dense layers by local reparameterization: every sample has weights of its
 * own, at two products a layer forward and four backward.
 *
 * <p>Parts of a minibatch and blocks of outputs are divided by fixed numbers, and no sum runs over
 * parts. So no bit depends on the threads.
 */
final class DenseRiskGradient implements RiskGradient {
  /** Samples in a part, outputs in a block, parameters in a range. */
  private static final int SAMPLES = 128;

  private static final int OUTPUTS = 75;
  private static final int PARAMETERS = 1 << 14;

  private final DenseChain chain;
  private final SampleRows rows;
  private final SurrogateRisk surrogate;
  private final ChunkRunner runner;
  private final DensePass pass;
  private final List<Block> blocks = new ArrayList<>();
  private final double[] risks;

  /** Some outputs of a layer. */
  private record Block(int layer, int first, int count) {}

  DenseRiskGradient(
      DenseChain chain,
      SampleRows rows,
      SurrogateRisk surrogate,
      int batch,
      SurfaceOptions options,
      ChunkRunner runner) {
    this.chain = chain;
    this.rows = rows;
    this.surrogate = surrogate;
    this.runner = runner;
    requireRoom(chain, batch);
    this.pass = DensePasses.of(chain, batch, options);
    this.risks = new double[batch];
    for (int l = 0; l < chain.layers().size(); l++) {
      int outputs = chain.layers().get(l).outputs();
      for (int first = 0; first < outputs; first += OUTPUTS) {
        blocks.add(new Block(l, first, Math.min(OUTPUTS, outputs - first)));
      }
    }
  }

  private static void requireRoom(DenseChain chain, int batch) {
    for (DenseChain.Dense layer : chain.layers()) {
      int width = Math.max(layer.inputs(), layer.outputs());
      if ((long) width * batch > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "the batch size is "
                + batch
                + ", but of a layer of width "
                + width
                + " at most "
                + Integer.MAX_VALUE / width
                + " samples fit into an array; lower it");
      }
    }
  }

  @Override
  public double evaluate(
      double[] mean,
      double[] sigma,
      int[] order,
      int from,
      int count,
      Seed noise,
      double[] meanGradient,
      double[] sigmaGradient) {
    int p = chain.parameters();
    runner.each(
        (p + PARAMETERS - 1) / PARAMETERS,
        (worker, part) ->
            pass.parameters(mean, sigma, part * PARAMETERS, Math.min(p, (part + 1) * PARAMETERS)));
    runner.each(
        (count + SAMPLES - 1) / SAMPLES,
        (worker, part) -> {
          int first = part * SAMPLES;
          samples(order, from, first, Math.min(SAMPLES, count - first), count, noise);
        });
    runner.each(
        blocks.size(),
        (worker, part) -> {
          Block block = blocks.get(part);
          pass.gradient(
              block.layer, block.first, block.count, count, sigma, meanGradient, sigmaGradient);
        });
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += risks[i];
    }
    return sum / count;
  }

  /** Forward and back for the rows first … first + count − 1. */
  private void samples(int[] order, int from, int first, int count, int batch, Seed noise) {
    double[] x = new double[rows.features()];
    double[][] targets = new double[count][rows.targetSize()];
    RandomGenerator[] generators = new RandomGenerator[count];
    for (int i = 0; i < count; i++) {
      int place = from + first + i;
      rows.read(order[place], x, targets[i]);
      pass.input(first + i, x);
      generators[i] = noise.split(place).generator();
    }
    pass.first(first, count);
    pass.draw(first, count, generators);
    boolean error = surrogate.kind() == Surrogate.ERROR;
    double[] f = new double[chain.outputs()];
    double[] g = new double[f.length];
    for (int i = 0; i < count; i++) {
      int row = first + i;
      if (error) {
        risks[row] = error(row, targets[i][0], batch);
        continue;
      }
      pass.outputs(row, f);
      risks[row] = surrogate.value(f, targets[i]);
      surrogate.gradient(f, targets[i], g);
      for (int k = 0; k < g.length; k++) {
        g[k] /= batch;
      }
      pass.cotangent(row, g);
    }
    pass.pullback(first, count, error);
  }

  /** Φ(−y m/s) and its derivatives in m and s². */
  private double error(int row, double target, int batch) {
    double[] m = new double[1];
    double[] s = new double[1];
    pass.moments(row, m, s);
    double sign = target > 0.5 ? 1 : -1;
    if (s[0] == 0) {
      pass.cotangents(row, new double[1], new double[1]);
      return sign * m[0] > 0 ? 0 : 1;
    }
    double u = sign * m[0] / s[0];
    double density = Normal.density(u) / batch;
    pass.cotangents(
        row, new double[] {-sign * density / s[0]}, new double[] {density * u / (2 * s[0] * s[0])});
    return Normal.cumulative(-u);
  }
}
