package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Network;
import dev.flatness.network.Node;

/** y = s_c x + t_c with one scale and one shift per channel, both parameters. */
final class AffineOp extends Op {
  private final Rows rows;
  final int channels;
  final int positions;
  final int scaleOffset;
  final int shiftOffset;

  AffineOp(Network network, Node node, StorageLayout layout, Rows rows) {
    super(node, node.shape().size(), layout);
    this.rows = rows;
    this.channels = node.shape().extent(0);
    this.positions = node.shape().positions();
    this.scaleOffset = network.weight(node).offset();
    this.shiftOffset = network.bias(node).offset();
  }

  @Override
  void forward(Frame f) {
    int n = positions * f.columns;
    double[] x = f.value(input);
    double[] y = f.value(output);
    for (int c = 0; c < channels; c++) {
      double s = f.theta[scaleOffset + c];
      double t = f.theta[shiftOffset + c];
      for (int j = c * n; j < (c + 1) * n; j++) {
        y[j] = s * x[j] + t;
      }
    }
  }

  @Override
  void pushforward(Frame f) {
    int n = positions * f.columns;
    int scales = f.block * scaleOffset;
    int shifts = f.block * shiftOffset;
    double[] x = f.value(input);
    double[] dy = f.tangent(output);
    for (int i = 0; i < f.block; i++) {
      for (int c = 0; c < channels; c++) {
        double ds = f.active[node.weight()] ? f.directions[scales + i * channels + c] : 0;
        double dt = f.active[node.bias()] ? f.directions[shifts + i * channels + c] : 0;
        int to = (i * channels + c) * n;
        for (int j = 0; j < n; j++) {
          dy[to + j] = ds * x[c * n + j] + dt;
        }
        if (f.live[input]) {
          rows.addScaled(f.theta[scaleOffset + c], f.tangent(input), to, dy, to, n);
        }
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int n = positions * f.columns;
    int scales = f.block * scaleOffset;
    int shifts = f.block * shiftOffset;
    double[] g = cotangent(f, adjoint, output);
    for (int i = 0; i < block(f, adjoint); i++) {
      for (int c = 0; c < channels; c++) {
        int at = (i * channels + c) * n;
        if (f.live[input]) {
          double[] gx = cotangent(f, adjoint, input);
          if (accumulate) {
            rows.addScaled(f.theta[scaleOffset + c], g, at, gx, at, n);
          } else {
            Rows.scale(f.theta[scaleOffset + c], g, at, gx, at, n);
          }
        }
        if (sums != null && f.active[node.weight()]) {
          sums[scales + i * channels + c] += (double) Rows.dot(g, at, f.value(input), c * n, n);
        }
        if (sums != null && f.active[node.bias()]) {
          sums[shifts + i * channels + c] += (double) PlainLoops.sum(g, at, n);
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
    if (!f.live[input] || !f.active[node.weight()]) {
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
      result[c] |= v.at(scaleOffset + c) != 0 || v.at(shiftOffset + c) != 0;
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
      double ds = v.at(scaleOffset + c);
      double dt = v.at(shiftOffset + c);
      for (int j = at; j < at + n; j++) {
        dy[j] = ds * x[j] + dt;
      }
      if (v.reaches(input, c)) {
        rows.addScaled(f.theta[scaleOffset + c], f.tangent(input), at, dy, at, n);
        if (ds != 0) {
          form += 2 * ds * Rows.dot(f.adjoint(output), at, f.tangent(input), at, n);
        }
      }
    }
    return form;
  }
}
