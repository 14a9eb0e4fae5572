package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Network;
import dev.flatness.network.Node;

/**
 * y = s_c x + t_c with one scale and one shift per channel, both parameters; either may be absent,
 * and the shift may be one for all channels.
 */
final class AffineOp extends Op {
  private final Rows rows;
  final int channels;
  final int positions;
  final int scaleOffset;
  final int shiftOffset;
  final boolean oneShift;
  private final int shiftCount;

  AffineOp(Network network, Node node, StorageLayout layout, Rows rows) {
    super(node, node.shape().size(), layout);
    this.rows = rows;
    this.channels = node.shape().extent(0);
    this.positions = node.shape().positions();
    this.scaleOffset = node.weight() < 0 ? -1 : network.weight(node).offset();
    this.shiftOffset = node.bias() < 0 ? -1 : network.bias(node).offset();
    this.shiftCount = node.bias() < 0 ? 0 : network.bias(node).size();
    this.oneShift = shiftCount == 1 && channels > 1;
  }

  /** The position of a channel's shift. */
  int shiftAt(int c) {
    return shiftOffset + (oneShift ? 0 : c);
  }

  private double scale(Frame f, int c) {
    return scaleOffset < 0 ? 1 : f.theta[scaleOffset + c];
  }

  /** The position of a channel's shift in the i-th direction or sum of a block. */
  private int shift(Frame f, int i, int c) {
    return f.block * shiftOffset + i * shiftCount + (oneShift ? 0 : c);
  }

  private double scale(SparseDirection v, int c) {
    return scaleOffset < 0 ? 0 : v.at(scaleOffset + c);
  }

  private double shift(SparseDirection v, int c) {
    return shiftOffset < 0 ? 0 : v.at(shiftAt(c));
  }

  private boolean scales(Frame f) {
    return scaleOffset >= 0 && f.active[node.weight()];
  }

  private boolean shifts(Frame f) {
    return shiftOffset >= 0 && f.active[node.bias()];
  }

  @Override
  void forward(Frame f) {
    int n = positions * f.columns;
    double[] x = f.value(input);
    double[] y = f.value(output);
    for (int c = 0; c < channels; c++) {
      double s = scale(f, c);
      double t = shiftOffset < 0 ? 0 : f.theta[shiftAt(c)];
      for (int j = c * n; j < (c + 1) * n; j++) {
        y[j] = s * x[j] + t;
      }
    }
  }

  @Override
  void pushforward(Frame f) {
    int n = positions * f.columns;
    int scales = f.block * scaleOffset;
    double[] x = f.value(input);
    double[] dy = f.tangent(output);
    for (int i = 0; i < f.block; i++) {
      for (int c = 0; c < channels; c++) {
        double ds = scales(f) ? f.directions[scales + i * channels + c] : 0;
        double dt = shifts(f) ? f.directions[shift(f, i, c)] : 0;
        int to = (i * channels + c) * n;
        for (int j = 0; j < n; j++) {
          dy[to + j] = ds * x[c * n + j] + dt;
        }
        if (f.live[input]) {
          rows.addScaled(scale(f, c), f.tangent(input), to, dy, to, n);
        }
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int n = positions * f.columns;
    int scales = f.block * scaleOffset;
    double[] g = cotangent(f, adjoint, output);
    for (int i = 0; i < block(f, adjoint); i++) {
      for (int c = 0; c < channels; c++) {
        int at = (i * channels + c) * n;
        if (f.live[input]) {
          double[] gx = cotangent(f, adjoint, input);
          if (accumulate) {
            rows.addScaled(scale(f, c), g, at, gx, at, n);
          } else {
            Rows.scale(scale(f, c), g, at, gx, at, n);
          }
        }
        if (sums != null && scales(f)) {
          sums[scales + i * channels + c] += (double) Rows.dot(g, at, f.value(input), c * n, n);
        }
        if (sums != null && shifts(f)) {
          sums[shift(f, i, c)] += (double) PlainLoops.sum(g, at, n);
        }
      }
    }
  }

  @Override
  boolean secondOrder() {
    return true;
  }

  @Override
  void second(Frame f) {
    if (!f.live[input] || !scales(f)) {
      return;
    }
    int n = positions * f.columns;
    int scales = f.block * scaleOffset;
    double[] g = f.adjoint(output);
    for (int i = 0; i < f.block; i++) {
      for (int c = 0; c < channels; c++) {
        int at = (i * channels + c) * n;
        rows.addScaled(
            f.directions[scales + i * channels + c], g, c * n, f.cotangent(input), at, n);
        f.sums[scales + i * channels + c] += (double) Rows.dot(g, c * n, f.tangent(input), at, n);
      }
    }
  }

  @Override
  void reach(SparseDirection v, boolean[] result) {
    reachAsInput(v, result);
    for (int c = 0; c < channels; c++) {
      result[c] |= scale(v, c) != 0 || shift(v, c) != 0;
    }
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int n = positions * f.columns;
    double[] x = f.value(input);
    double[] dy = f.tangent(output);
    /*64*/ double form = 0;
    for (int c : v.units(output)) {
      int at = c * n;
      double ds = scale(v, c);
      double dt = shift(v, c);
      for (int j = at; j < at + n; j++) {
        dy[j] = ds * x[j] + dt;
      }
      if (v.reaches(input, c)) {
        rows.addScaled(scale(f, c), f.tangent(input), at, dy, at, n);
        if (ds != 0) {
          form += 2 * ds * Rows.dot(f.adjoint(output), at, f.tangent(input), at, n);
        }
      }
    }
    return form;
  }
}
