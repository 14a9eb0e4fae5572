package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.Arrays;

/**
 * Softmax over the features of each sample, y = p(x), or y = ln p(x); keeps p.
 *
 * <p>With dp = p ∘ (dx − ⟨p, dx⟩): the derivative is dp, or dx − ⟨p, dx⟩; the adjoint p ∘ (g − ⟨p,
 * g⟩), or g − p Σ g; the second-order term dp ∘ (g − ⟨p, g⟩) − p ⟨dp, g⟩, or −dp Σ g.
 */
final class SoftmaxOp extends Op {
  private final boolean logarithm;

  SoftmaxOp(Node node, StorageLayout layout) {
    super(node, node.shape().size(), layout);
    this.logarithm = ((Layer.Softmax) node.layer()).logarithm();
  }

  private double[] probabilities(Frame f) {
    return f.slope(output, features);
  }

  @Override
  void forward(Frame f) {
    int b = f.columns;
    int n = features * b;
    double[] x = f.value(input);
    double[] y = f.value(output);
    double[] p = probabilities(f);
    double[] largest = f.scratch(0, b);
    System.arraycopy(x, 0, largest, 0, b);
    for (int e = b; e < n; e++) {
      largest[e % b] = Math.max(largest[e % b], x[e]);
    }
    double[] sum = zeros(f, 1);
    for (int e = 0; e < n; e++) {
      p[e] = (double) Math.exp(x[e] - largest[e % b]);
      sum[e % b] += p[e];
    }
    for (int e = 0; e < n; e++) {
      p[e] /= sum[e % b];
      y[e] = logarithm ? (x[e] - largest[e % b]) - (double) Math.log(sum[e % b]) : p[e];
    }
  }

  /** A number a sample, all 0. */
  private static double[] zeros(Frame f, int scratch) {
    double[] zeros = f.scratch(scratch, f.columns);
    Arrays.fill(zeros, 0, f.columns, 0);
    return zeros;
  }

  /** ⟨p, v⟩ of every sample, or Σ v. */
  private double[] mean(Frame f, int scratch, double[] v, int at, boolean weighted) {
    int b = f.columns;
    double[] p = probabilities(f);
    double[] mean = zeros(f, scratch);
    for (int e = 0; e < features * b; e++) {
      mean[e % b] += weighted ? p[e] * v[at + e] : v[at + e];
    }
    return mean;
  }

  @Override
  int keptPerFeature() {
    return 1;
  }

  @Override
  boolean secondOrder() {
    return true;
  }

  @Override
  void pushforward(Frame f) {
    for (int i = 0; i < f.block; i++) {
      push(f, i * features * f.columns);
    }
  }

  private void push(Frame f, int at) {
    int b = f.columns;
    double[] p = probabilities(f);
    double[] dx = f.tangent(input);
    double[] dy = f.tangent(output);
    double[] mean = mean(f, 0, dx, at, true);
    for (int e = 0; e < features * b; e++) {
      double centred = dx[at + e] - mean[e % b];
      dy[at + e] = logarithm ? centred : p[e] * centred;
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int b = f.columns;
    int n = features * b;
    double[] p = probabilities(f);
    double[] g = cotangent(f, adjoint, output);
    double[] gx = cotangent(f, adjoint, input);
    for (int i = 0; i < block(f, adjoint); i++) {
      int at = i * n;
      double[] mean = mean(f, 0, g, at, !logarithm);
      for (int e = 0; e < n; e++) {
        double pulled =
            logarithm ? g[at + e] - p[e] * mean[e % b] : p[e] * (g[at + e] - mean[e % b]);
        gx[at + e] = accumulate ? gx[at + e] + pulled : pulled;
      }
    }
  }

  @Override
  void second(Frame f) {
    int b = f.columns;
    int n = features * b;
    double[] p = probabilities(f);
    double[] g = f.adjoint(output);
    double[] dx = f.tangent(input);
    double[] gx = f.cotangent(input);
    double[] ofG = mean(f, 0, g, 0, !logarithm);
    double[] turned = f.scratch(3, n);
    for (int i = 0; i < f.block; i++) {
      int at = i * n;
      double[] ofDx = mean(f, 1, dx, at, true);
      double[] moved = zeros(f, 2);
      for (int e = 0; e < n; e++) {
        turned[e] = p[e] * (dx[at + e] - ofDx[e % b]);
        moved[e % b] += turned[e] * g[e];
      }
      for (int e = 0; e < n; e++) {
        gx[at + e] +=
            logarithm
                ? -turned[e] * ofG[e % b]
                : turned[e] * (g[e] - ofG[e % b]) - p[e] * moved[e % b];
      }
    }
  }

  /** A softmax lets every input reach every output. */
  @Override
  void reach(SparseDirection v, boolean[] result) {
    Arrays.fill(result, v.reaches(input));
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    if (!v.reaches(input)) {
      return 0;
    }
    int b = f.columns;
    double[] dx = f.tangent(input);
    for (int unit = 0; unit < features; unit++) {
      if (!v.reaches(input, unit)) {
        Arrays.fill(dx, unit * b, (unit + 1) * b, 0);
      }
    }
    push(f, 0);
    double[] p = probabilities(f);
    double[] g = f.adjoint(output);
    double[] ofG = mean(f, 0, g, 0, !logarithm);
    double[] ofDx = mean(f, 1, dx, 0, true);
    /*64*/ double form = 0;
    for (int e = 0; e < features * b; e++) {
      double centred = dx[e] - ofDx[e % b];
      double factor = logarithm ? -ofG[e % b] : g[e] - ofG[e % b];
      form += (logarithm ? p[e] * centred * dx[e] : p[e] * centred * centred) * factor;
    }
    return form;
  }
}
