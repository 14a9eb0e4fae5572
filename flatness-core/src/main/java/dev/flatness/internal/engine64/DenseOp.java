package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Layout;
import dev.flatness.linalg.Gemm;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/** Y = W X + b: the dense layer. */
final class DenseOp extends WeightOp {
  DenseOp(Network network, Node node, Layout layout, Gemm gemm) {
    super(network, node, layout, gemm);
  }

  @Override
  int positions() {
    return 1;
  }

  @Override
  void applyWeight(Frame f, double[] v, int offset, double[] y) {
    int b = f.columns;
    gemm.multiply(false, false, d, b, m, 1, v, offset, m, f.value(input), 0, b, 0, y, 0, b);
  }

  @Override
  void addWeightGradient(Frame f, double[] y, double[] sums) {
    int b = f.columns;
    gemm.multiply(false, true, d, m, b, 1, y, 0, b, f.value(input), 0, b, 1, sums, weightOffset, m);
  }

  @Override
  void forward(Frame f) {
    int b = f.columns;
    double[] y = f.value(output);
    fillBias(y, 0, f.theta, biasOffset, b, 1);
    gemm.multiply(
        false, false, d, b, m, 1, f.theta, weightOffset, m, f.value(input), 0, b, 1, y, 0, b);
  }

  @Override
  void pushforward(Frame f) {
    int b = f.columns;
    double[] dy = f.tangent(output);
    boolean v = f.active[node.weight()];
    if (v) {
      int from = f.block * weightOffset;
      gemm.multiply(
          false,
          false,
          f.block * d,
          b,
          m,
          1,
          f.directions,
          from,
          m,
          f.value(input),
          0,
          b,
          0,
          dy,
          0,
          b);
    } else {
      Arrays.fill(dy, 0, f.block * d * b, 0);
    }
    for (int i = 0; i < f.block; i++) {
      if (hasBias(f)) {
        addBias(dy, i * d * b, f.directions, f.block * biasOffset + i * d, b, 1);
      }
      if (f.live[input]) {
        gemm.multiply(
            false,
            false,
            d,
            b,
            m,
            1,
            f.theta,
            weightOffset,
            m,
            f.tangent(input),
            i * m * b,
            b,
            1,
            dy,
            i * d * b,
            b);
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int b = f.columns;
    int k = block(f, adjoint);
    double[] g = cotangent(f, adjoint, output);
    if (f.live[input]) {
      double[] gx = cotangent(f, adjoint, input);
      for (int i = 0; i < k; i++) {
        gemm.multiply(
            true,
            false,
            m,
            b,
            d,
            1,
            f.theta,
            weightOffset,
            m,
            g,
            i * d * b,
            b,
            accumulate ? 1 : 0,
            gx,
            i * m * b,
            b);
      }
    }
    if (sums == null) {
      return;
    }
    if (f.active[node.weight()]) {
      int to = k * weightOffset;
      gemm.multiply(false, true, k * d, m, b, 1, g, 0, b, f.value(input), 0, b, 1, sums, to, m);
    }
    if (hasBias(f)) {
      sumRows(g, sums, k, b, 1);
    }
  }

  @Override
  void second(Frame f) {
    if (!f.live[input] || !f.active[node.weight()]) {
      return;
    }
    int b = f.columns;
    double[] g = f.adjoint(output);
    double[] gx = f.cotangent(input);
    double[] dx = f.tangent(input);
    for (int i = 0; i < f.block; i++) {
      int at = f.block * weightOffset + i * d * m;
      gemm.multiply(true, false, m, b, d, 1, f.directions, at, m, g, 0, b, 1, gx, i * m * b, b);
      gemm.multiply(false, true, d, m, b, 1, g, 0, b, dx, i * m * b, b, 1, f.sums, at, m);
    }
  }
}
