package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;

/**
 * y = σ(x), element by element; keeps σ′(x), and σ″(x) where it is wanted. A ReLU may stand in its
 * input's storage.
 */
final class ActivationOp extends Op {
  /** The largest finite number. */
  private static final double LARGEST = Math.nextDown(Double.POSITIVE_INFINITY);

  private final Rows rows;
  private final Activation function;
  private final boolean inPlace;

  ActivationOp(Node node, StorageLayout layout, Rows rows) {
    super(node, node.shape().size(), layout);
    this.rows = rows;
    this.function = ((Layer.Activate) node.layer()).function();
    this.inPlace = layout.storage(output) == layout.storage(input);
  }

  @Override
  void forward(Frame f) {
    int n = features * f.columns;
    double[] x = f.value(input);
    double[] y = f.value(output);
    if (function.kind() == Activation.Kind.RELU) {
      if (f.derives(output)) {
        restore(f);
      }
      positive(x, y, n);
      return;
    }
    if (function.piecewiseLinear()) {
      restore(f);
      if (function.positivelyHomogeneous()) {
        rows.multiply(x, 0, slope(f), 0, y, 0, n);
      } else {
        for (int j = 0; j < n; j++) {
          y[j] = (double) function.value(x[j]);
        }
      }
      return;
    }
    double[] slope = slope(f);
    double[] curvature = f.second ? f.curvature(output, features) : null;
    for (int j = 0; j < n; j++) {
      double at = x[j];
      slope[j] = (double) function.derivative(at);
      y[j] = (double) function.value(at);
      if (curvature != null) {
        curvature[j] = (double) function.secondDerivative(at);
      }
    }
  }

  /** A value that stands where its input stood has its input's sign. */
  @Override
  void restore(Frame f) {
    if (!function.piecewiseLinear()) {
      return;
    }
    int n = features * f.columns;
    double[] x = f.value(input);
    double[] slope = slope(f);
    if (function.kind() == Activation.Kind.RELU) {
      step(x, slope, n);
      return;
    }
    if (!function.positivelyHomogeneous()) {
      for (int j = 0; j < n; j++) {
        slope[j] = (double) function.derivative(x[j]);
      }
      return;
    }
    int each = node.shape().positions() * f.columns;
    for (int first = 0; first < n; first += each) {
      double low = (double) function.at(first / each).derivative(-1);
      for (int j = first; j < first + each; j++) {
        slope[j] = x[j] > 0 ? 1 : low;
      }
    }
  }

  /**
   * 1 where x is positive, else 0, without a branch, which keeps JDK 17 from vectorizing: the
   * smallest positive number times the largest twice is above 1.
   */
  private static void step(double[] x, double[] slope, int n) {
    for (int j = 0; j < n; j++) {
      slope[j] = Math.min(1, Math.max(0, x[j]) * LARGEST * LARGEST);
    }
  }

  private static void positive(double[] x, double[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = Math.max(0, x[j]);
    }
  }

  private double[] slope(Frame f) {
    return function.piecewiseLinear() ? f.sign(output, features) : f.slope(output, features);
  }

  @Override
  boolean secondOrder() {
    return !function.piecewiseLinear();
  }

  @Override
  int keptPerFeature() {
    return function.piecewiseLinear() ? 0 : 2;
  }

  @Override
  void pushforward(Frame f) {
    int n = features * f.columns;
    for (int i = 0; i < f.block; i++) {
      rows.multiply(f.tangent(input), i * n, slope(f), 0, f.tangent(output), i * n, n);
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int n = features * f.columns;
    double[] g = cotangent(f, adjoint, output);
    double[] gx = cotangent(f, adjoint, input);
    for (int i = 0; i < block(f, adjoint); i++) {
      if (accumulate && !inPlace) {
        rows.addProduct(g, i * n, slope(f), 0, gx, i * n, n);
      } else {
        rows.multiply(g, i * n, slope(f), 0, gx, i * n, n);
      }
    }
  }

  @Override
  void second(Frame f) {
    if (function.piecewiseLinear()) {
      return;
    }
    int n = features * f.columns;
    double[] weight = f.scratch(0, n);
    rows.multiply(f.curvature(output, features), 0, f.adjoint(output), 0, weight, 0, n);
    for (int i = 0; i < f.block; i++) {
      rows.addProduct(weight, 0, f.tangent(input), i * n, f.cotangent(input), i * n, n);
    }
  }

  @Override
  void reach(SparseDirection v, boolean[] result) {
    reachAsInput(v, result);
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int n = node.shape().positions() * f.columns;
    double[] dx = f.tangent(input);
    double[] slope = slope(f);
    boolean smooth = !function.piecewiseLinear();
    double[] weighted = smooth ? f.scratch(0, n) : null;
    /*64*/ double form = 0;
    for (int unit : v.units(output)) {
      int at = unit * n;
      if (smooth) {
        rows.multiply(f.curvature(output, features), at, dx, at, weighted, 0, n);
        rows.multiply(weighted, 0, dx, at, weighted, 0, n);
        form += Rows.dot(f.adjoint(output), at, weighted, 0, n);
      }
      rows.multiply(dx, at, slope, at, f.tangent(output), at, n);
    }
    return form;
  }
}
