package dev.flatness.internal.dense64;

import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.dense.DensePass;
import dev.flatness.internal.dense.Pointwise;
import dev.flatness.linalg.Gemm;
import java.util.List;
import java.util.random.RandomGenerator;

/** The passes in one precision; matrices are row-major, one row a sample. */
public final class LocalPass implements DensePass {
  private final Pointwise inputs;
  private final List<DenseChain.Dense> layers;
  private final Gemm gemm;

  /** Of all parameters: means, variances, and derivatives in both. */
  private final double[] mean;

  private final double[] variance;
  private final double[] meanSlope;
  private final double[] varianceSlope;

  /** By layer: what it reads, and that squared. */
  private final double[][] input;

  private final double[][] square;

  /** By layer: mean and standard deviation of its pre-activations, the noise, and their value. */
  private final double[][] center;

  private final double[][] deviation;
  private final double[][] noise;
  private final double[][] value;

  /** By layer: the derivative in the pre-activations, which is that in their means. */
  private final double[][] cotangent;

  /** The network's outputs. */
  private final double[] output;

  /** Makes a pass whose parameters are 0; one of no rows only holds parameters for others. */
  public LocalPass(DenseChain chain, Gemm gemm, int rows) {
    this(
        chain.input(),
        chain.layers(),
        gemm,
        rows,
        new double[chain.parameters()],
        new double[chain.parameters()],
        rows > 0);
  }

  private LocalPass(
      Pointwise inputs,
      List<DenseChain.Dense> layers,
      Gemm gemm,
      int rows,
      double[] mean,
      double[] variance,
      boolean backward) {
    this.inputs = inputs;
    this.layers = layers;
    this.gemm = gemm;
    this.mean = mean;
    this.variance = variance;
    this.meanSlope = new double[backward ? mean.length : 0];
    this.varianceSlope = new double[backward ? mean.length : 0];
    int count = layers.size();
    this.input = new double[count][];
    this.square = new double[count][];
    this.center = new double[count][];
    this.deviation = new double[count][];
    this.noise = new double[count][];
    this.value = new double[count][];
    this.cotangent = new double[count][];
    for (int l = 0; l < count; l++) {
      int in = Math.multiplyExact(rows, layers.get(l).inputs());
      int out = Math.multiplyExact(rows, layers.get(l).outputs());
      input[l] = new double[in];
      square[l] = new double[in];
      center[l] = new double[out];
      deviation[l] = new double[out];
      noise[l] = new double[out];
      value[l] = new double[out];
      cotangent[l] = new double[backward ? out : 0];
    }
    this.output = new double[value[count - 1].length];
  }

  @Override
  public DensePass drawing(int rows) {
    return new LocalPass(inputs, layers, gemm, rows, mean, variance, false);
  }

  @Override
  public void parameters(/*64*/ double[] means, /*64*/ double[] sigmas, int from, int to) {
    for (int i = from; i < to; i++) {
      mean[i] = (double) means[i];
      variance[i] = (double) (sigmas[i] * sigmas[i]);
    }
  }

  @Override
  public void input(int row, /*64*/ double[] x) {
    int n = layers.get(0).inputs();
    for (int j = 0; j < n; j++) {
      double entry = (double) inputs.value(j, x[j]);
      input[0][row * n + j] = entry;
      square[0][row * n + j] = entry * entry;
    }
  }

  @Override
  public void first(int from, int count) {
    products(0, from, count);
  }

  /** Mean and standard deviation of a layer's pre-activations. */
  private void products(int l, int from, int count) {
    DenseChain.Dense layer = layers.get(l);
    int in = layer.inputs();
    int out = layer.outputs();
    int at = from * in;
    int to = from * out;
    double[] c = center[l];
    double[] d = deviation[l];
    gemm.multiply(
        false, true, count, out, in, 1, input[l], at, in, mean, layer.weight(), in, 0, c, to, out);
    gemm.multiply(
        false,
        true,
        count,
        out,
        in,
        1,
        square[l],
        at,
        in,
        variance,
        layer.weight(),
        in,
        0,
        d,
        to,
        out);
    int bias = layer.bias();
    for (int i = 0; i < count; i++) {
      int start = to + i * out;
      if (bias >= 0) {
        for (int s = 0; s < out; s++) {
          c[start + s] += mean[bias + s];
          d[start + s] += variance[bias + s];
        }
      }
      for (int s = 0; s < out; s++) {
        d[start + s] = (double) Math.sqrt(d[start + s]);
      }
    }
  }

  @Override
  public void draw(int from, int count, RandomGenerator[] generators) {
    for (int l = 0; l < layers.size(); l++) {
      if (l > 0) {
        products(l, from, count);
      }
      int out = layers.get(l).outputs();
      for (int i = 0; i < count; i++) {
        fill(generators[i], l, (from + i) * out, out);
      }
      double[] next = l + 1 < layers.size() ? input[l + 1] : output;
      activate(layers.get(l).after(), value[l], next, from, count, out);
      if (l + 1 < layers.size()) {
        double[] squares = square[l + 1];
        for (int j = from * out; j < (from + count) * out; j++) {
          squares[j] = next[j] * next[j];
        }
      }
    }
  }

  private void fill(RandomGenerator generator, int l, int start, int out) {
    double[] e = noise[l];
    double[] c = center[l];
    double[] d = deviation[l];
    double[] z = value[l];
    for (int j = start; j < start + out; j++) {
      e[j] = (double) generator.nextGaussian();
    }
    for (int j = start; j < start + out; j++) {
      z[j] = c[j] + d[j] * e[j];
    }
  }

  private static void activate(
      Pointwise function, double[] z, double[] y, int from, int count, int out) {
    if (function.relu()) {
      for (int j = from * out; j < (from + count) * out; j++) {
        y[j] = Math.max(0, z[j]);
      }
      return;
    }
    for (int i = from; i < from + count; i++) {
      for (int s = 0; s < out; s++) {
        y[i * out + s] = (double) function.value(s, z[i * out + s]);
      }
    }
  }

  @Override
  public void outputs(int row, /*64*/ double[] f) {
    int out = f.length;
    for (int k = 0; k < out; k++) {
      f[k] = output[row * out + k];
    }
  }

  @Override
  public void moments(int row, /*64*/ double[] centers, /*64*/ double[] deviations) {
    int out = centers.length;
    int last = layers.size() - 1;
    for (int k = 0; k < out; k++) {
      centers[k] = center[last][row * out + k];
      deviations[k] = deviation[last][row * out + k];
    }
  }

  @Override
  public void cotangent(int row, /*64*/ double[] g) {
    int out = g.length;
    double[] last = cotangent[layers.size() - 1];
    for (int k = 0; k < out; k++) {
      last[row * out + k] = (double) g[k];
    }
  }

  @Override
  public void cotangents(int row, /*64*/ double[] inMean, /*64*/ double[] inVariance) {
    cotangent(row, inMean);
    int out = inVariance.length;
    double[] last = noise[layers.size() - 1];
    for (int k = 0; k < out; k++) {
      last[row * out + k] = (double) inVariance[k];
    }
  }

  @Override
  public void pullback(int from, int count, boolean ofMoments) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      DenseChain.Dense layer = layers.get(l);
      int in = layer.inputs();
      int out = layer.outputs();
      int at = from * out;
      double[] g = cotangent[l];
      // From here on the noise of the layer is the derivative in its variances.
      double[] v = noise[l];
      if (!ofMoments || l < layers.size() - 1) {
        slopes(layer.after(), value[l], g, from, count, out);
        double[] d = deviation[l];
        for (int j = at; j < at + count * out; j++) {
          v[j] = d[j] > 0 ? g[j] * v[j] / (2 * d[j]) : 0;
        }
      }
      if (l > 0) {
        double[] below = cotangent[l - 1];
        double[] spread = center[l - 1];
        int to = from * in;
        gemm.multiply(
            false,
            false,
            count,
            in,
            out,
            1,
            g,
            at,
            out,
            mean,
            layer.weight(),
            in,
            0,
            below,
            to,
            in);
        gemm.multiply(
            false,
            false,
            count,
            in,
            out,
            1,
            v,
            at,
            out,
            variance,
            layer.weight(),
            in,
            0,
            spread,
            to,
            in);
        double[] h = input[l];
        for (int j = to; j < to + count * in; j++) {
          below[j] += 2 * h[j] * spread[j];
        }
      }
    }
  }

  private static void slopes(
      Pointwise function, double[] z, double[] g, int from, int count, int out) {
    if (function.relu()) {
      for (int j = from * out; j < (from + count) * out; j++) {
        g[j] = z[j] > 0 ? g[j] : 0;
      }
      return;
    }
    for (int i = from; i < from + count; i++) {
      for (int s = 0; s < out; s++) {
        g[i * out + s] *= (double) function.slope(s, z[i * out + s]);
      }
    }
  }

  @Override
  public void gradient(
      int l,
      int first,
      int outputs,
      int rows,
      /*64*/ double[] sigma,
      /*64*/ double[] meanGradient,
      /*64*/ double[] sigmaGradient) {
    DenseChain.Dense layer = layers.get(l);
    int in = layer.inputs();
    int out = layer.outputs();
    int at = layer.weight() + first * in;
    double[] g = cotangent[l];
    double[] v = noise[l];
    gemm.multiply(
        true, false, outputs, in, rows, 1, g, first, out, input[l], 0, in, 0, meanSlope, at, in);
    gemm.multiply(
        true,
        false,
        outputs,
        in,
        rows,
        1,
        v,
        first,
        out,
        square[l],
        0,
        in,
        0,
        varianceSlope,
        at,
        in);
    for (int i = at; i < at + outputs * in; i++) {
      meanGradient[i] = meanSlope[i];
      sigmaGradient[i] = 2 * sigma[i] * varianceSlope[i];
    }
    if (layer.bias() >= 0) {
      for (int s = first; s < first + outputs; s++) {
        /*64*/ double meanSum = 0;
        /*64*/ double varianceSum = 0;
        for (int i = 0; i < rows; i++) {
          meanSum += g[i * out + s];
          varianceSum += v[i * out + s];
        }
        int bias = layer.bias() + s;
        meanGradient[bias] = meanSum;
        sigmaGradient[bias] = 2 * sigma[bias] * varianceSum;
      }
    }
  }
}
