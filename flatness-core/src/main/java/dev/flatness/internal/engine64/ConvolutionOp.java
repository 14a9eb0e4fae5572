package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Layout;
import dev.flatness.linalg.Gemm;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/**
 * Two-dimensional convolution: patches of some output rows at a time, then matrix products per
 * group.
 */
final class ConvolutionOp extends WeightOp {
  /** Patches are made in tiles of about this many entries, to stay in the second-level cache. */
  private static final int TILE = 1 << 16;

  final Patches patches;
  final int groups;
  final int positions;

  ConvolutionOp(Network network, Node node, Layout layout, Gemm gemm) {
    super(network, node, layout, gemm);
    Layer.Convolution layer = (Layer.Convolution) node.layer();
    this.patches = new Patches(network.node(node.input()).shape(), node.shape(), layer.window());
    this.groups = layer.groups();
    this.positions = node.shape().positions();
  }

  private int tileRows(int columns) {
    long perRow = (long) patches.rows() * patches.outputWidth() * columns;
    return (int) Math.max(1, Math.min(patches.outputHeight(), TILE / perRow));
  }

  @Override
  int positions() {
    return positions;
  }

  @Override
  void applyWeight(Frame f, double[] v, int offset, double[] y) {
    Arrays.fill(y, 0, features * f.columns, 0);
    apply(f, v, offset, 1, 0, f.value(input), 0, y, 0);
  }

  @Override
  void addWeightGradient(Frame f, double[] y, double[] sums) {
    double[] stacked = f.scratch(0, d * m);
    Arrays.fill(stacked, 0, d * m, 0);
    weightGradient(f, y, 1, f.value(input), 0, stacked);
    addStacked(stacked, sums, 1, f.theta.length);
  }

  @Override
  void forward(Frame f) {
    fillBias(f.value(output), 0, f.theta, biasOffset, f.columns, positions);
    apply(f, f.theta, weightOffset, 1, 0, f.value(input), 0, f.value(output), 0);
  }

  /** y_i += w_i * x for {@code k} weights that stand {@code stride} entries apart. */
  private void apply(
      Frame f,
      double[] w,
      int wOffset,
      int k,
      int stride,
      double[] x,
      int xAt,
      double[] y,
      int yAt) {
    int b = f.columns;
    int n = positions * b;
    int dg = d / groups;
    int step = tileRows(b);
    for (int row = 0; row < patches.outputHeight(); row += step) {
      int rows = Math.min(step, patches.outputHeight() - row);
      int t = rows * patches.outputWidth() * b;
      int at = row * patches.outputWidth() * b;
      boolean direct = patches.identity();
      double[] phi = direct ? x : f.scratch(1, patches.rows() * t);
      int phiAt = direct ? xAt + at : 0;
      int ld = direct ? n : t;
      if (!direct) {
        patches.gather(x, xAt, phi, row, rows, b);
      }
      for (int g = 0; g < groups; g++) {
        if (groups == 1 && stride == d * m) {
          gemm.multiply(
              false, false, k * d, t, m, 1, w, wOffset, m, phi, phiAt, ld, 1, y, yAt + at, n);
        } else {
          for (int i = 0; i < k; i++) {
            gemm.multiply(
                false,
                false,
                dg,
                t,
                m,
                1,
                w,
                wOffset + i * stride + g * dg * m,
                m,
                phi,
                phiAt + g * m * ld,
                ld,
                1,
                y,
                yAt + (i * d + g * dg) * n + at,
                n);
          }
        }
      }
    }
  }

  @Override
  void pushforward(Frame f) {
    int n = positions * f.columns;
    double[] dy = f.tangent(output);
    Arrays.fill(dy, 0, f.block * d * n, 0);
    if (f.active[node.weight()]) {
      apply(f, stackDirections(f), 0, f.block, d * m, f.value(input), 0, dy, 0);
    }
    for (int i = 0; i < f.block; i++) {
      if (hasBias(f)) {
        addBias(dy, i * d * n, f.directions, i * f.theta.length + biasOffset, f.columns, positions);
      }
      if (f.live[input]) {
        apply(
            f,
            f.theta,
            weightOffset,
            1,
            0,
            f.tangent(input),
            i * inputFeatures * f.columns,
            dy,
            i * d * n);
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int k = block(f, adjoint);
    double[] g = cotangent(f, adjoint, output);
    if (f.live[input]) {
      double[] gx = cotangent(f, adjoint, input);
      if (!accumulate) {
        Arrays.fill(gx, 0, k * inputFeatures * f.columns, 0);
      }
      for (int i = 0; i < k; i++) {
        applyTransposed(
            f,
            f.theta,
            weightOffset,
            g,
            i * d * positions * f.columns,
            gx,
            i * inputFeatures * f.columns);
      }
    }
    if (sums == null) {
      return;
    }
    if (f.active[node.weight()]) {
      double[] stacked = f.scratch(0, k * d * m);
      Arrays.fill(stacked, 0, k * d * m, 0);
      weightGradient(f, g, k, f.value(input), 0, stacked);
      addStacked(stacked, sums, k, f.theta.length);
    }
    if (hasBias(f)) {
      sumRows(g, sums, k, f.theta.length, f.columns, positions);
    }
  }

  /** x̄ += wᵀ * ȳ. */
  private void applyTransposed(
      Frame f, double[] w, int wOffset, double[] g, int gAt, double[] gx, int gxAt) {
    int b = f.columns;
    int n = positions * b;
    int dg = d / groups;
    int step = tileRows(b);
    for (int row = 0; row < patches.outputHeight(); row += step) {
      int rows = Math.min(step, patches.outputHeight() - row);
      int t = rows * patches.outputWidth() * b;
      int at = row * patches.outputWidth() * b;
      boolean direct = patches.identity();
      double[] phi = direct ? gx : f.scratch(1, patches.rows() * t);
      int phiAt = direct ? gxAt + at : 0;
      int ld = direct ? n : t;
      for (int q = 0; q < groups; q++) {
        gemm.multiply(
            true,
            false,
            m,
            t,
            dg,
            1,
            w,
            wOffset + q * dg * m,
            m,
            g,
            gAt + q * dg * n + at,
            n,
            direct ? 1 : 0,
            phi,
            phiAt + q * m * ld,
            ld);
      }
      if (!direct) {
        patches.scatter(phi, gx, gxAt, row, rows, b);
      }
    }
  }

  /** w̄_i += ȳ_i · patches(x)ᵀ for the k cotangents of the output, into [k·d × m]. */
  private void weightGradient(Frame f, double[] g, int k, double[] x, int xAt, double[] stacked) {
    int b = f.columns;
    int n = positions * b;
    int dg = d / groups;
    int step = tileRows(b);
    for (int row = 0; row < patches.outputHeight(); row += step) {
      int rows = Math.min(step, patches.outputHeight() - row);
      int t = rows * patches.outputWidth() * b;
      int at = row * patches.outputWidth() * b;
      boolean direct = patches.identity();
      double[] phi = direct ? x : f.scratch(1, patches.rows() * t);
      int phiAt = direct ? xAt + at : 0;
      int ld = direct ? n : t;
      if (!direct) {
        patches.gather(x, xAt, phi, row, rows, b);
      }
      for (int q = 0; q < groups; q++) {
        if (groups == 1) {
          gemm.multiply(false, true, k * d, m, t, 1, g, at, n, phi, phiAt, ld, 1, stacked, 0, m);
        } else {
          for (int i = 0; i < k; i++) {
            gemm.multiply(
                false,
                true,
                dg,
                m,
                t,
                1,
                g,
                (i * d + q * dg) * n + at,
                n,
                phi,
                phiAt + q * m * ld,
                ld,
                1,
                stacked,
                (i * d + q * dg) * m,
                m);
          }
        }
      }
    }
  }

  @Override
  void second(Frame f) {
    if (!f.live[input] || !f.active[node.weight()]) {
      return;
    }
    int p = f.theta.length;
    double[] g = f.adjoint(output);
    double[] stacked = f.scratch(0, d * m);
    for (int i = 0; i < f.block; i++) {
      int at = i * inputFeatures * f.columns;
      applyTransposed(f, f.directions, i * p + weightOffset, g, 0, f.cotangent(input), at);
      Arrays.fill(stacked, 0, d * m, 0);
      weightGradient(f, g, 1, f.tangent(input), at, stacked);
      for (int e = 0; e < d * m; e++) {
        f.sums[i * p + weightOffset + e] += stacked[e];
      }
    }
  }
}
