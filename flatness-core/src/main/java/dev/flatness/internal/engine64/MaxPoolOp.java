package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.Layout;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/** Maximum over windows; keeps which entry was chosen, the first of equal ones. */
final class MaxPoolOp extends Op {
  private final Shape in;
  private final Window w;

  MaxPoolOp(Network network, Node node, Layout layout) {
    super(node, network.node(node.input()).shape().size(), layout);
    this.in = network.node(node.input()).shape();
    this.w = ((Layer.MaxPool) node.layer()).window();
  }

  @Override
  void forward(Frame f) {
    int b = f.columns;
    double[] x = f.value(input);
    double[] y = f.value(output);
    int[] choice = f.choice(output, features);
    int at = 0;
    for (int c = 0; c < in.extent(0); c++) {
      for (int oy = 0; oy < node.shape().extent(1); oy++) {
        for (int ox = 0; ox < node.shape().extent(2); ox++, at += b) {
          boolean first = true;
          for (int ky = 0; ky < w.kernelHeight(); ky++) {
            int iy = oy * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
            if (iy < 0 || iy >= in.extent(1)) {
              continue;
            }
            for (int kx = 0; kx < w.kernelWidth(); kx++) {
              int ix = ox * w.strideWidth() - w.padLeft() + kx * w.dilationWidth();
              if (ix < 0 || ix >= in.extent(2)) {
                continue;
              }
              int from = ((c * in.extent(1) + iy) * in.extent(2) + ix) * b;
              if (first) {
                take(x, from, y, at, choice, b);
                first = false;
              } else {
                compare(x, from, y, at, choice, b);
              }
            }
          }
        }
      }
    }
  }

  private static void take(double[] x, int from, double[] y, int at, int[] choice, int b) {
    for (int j = 0; j < b; j++) {
      y[at + j] = x[from + j];
      choice[at + j] = from + j;
    }
  }

  private static void compare(double[] x, int from, double[] y, int at, int[] choice, int b) {
    for (int j = 0; j < b; j++) {
      boolean larger = x[from + j] > y[at + j];
      y[at + j] = larger ? x[from + j] : y[at + j];
      choice[at + j] = larger ? from + j : choice[at + j];
    }
  }

  @Override
  void pushforward(Frame f) {
    int n = features * f.columns;
    int[] choice = f.choice(output, features);
    double[] dx = f.tangent(input);
    double[] dy = f.tangent(output);
    for (int i = 0; i < f.block; i++) {
      int from = i * inputFeatures * f.columns;
      for (int j = 0; j < n; j++) {
        dy[i * n + j] = dx[from + choice[j]];
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int n = features * f.columns;
    int k = block(f, adjoint);
    int[] choice = f.choice(output, features);
    double[] g = cotangent(f, adjoint, output);
    double[] gx = cotangent(f, adjoint, input);
    if (!accumulate) {
      Arrays.fill(gx, 0, k * inputFeatures * f.columns, 0);
    }
    for (int i = 0; i < k; i++) {
      int to = i * inputFeatures * f.columns;
      for (int j = 0; j < n; j++) {
        gx[to + choice[j]] += g[i * n + j];
      }
    }
  }

  @Override
  void reach(SparseDirection v, boolean[] result) {
    reachAsInput(v, result);
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int n = node.shape().positions() * f.columns;
    int[] choice = f.choice(output, features);
    double[] dx = f.tangent(input);
    double[] dy = f.tangent(output);
    for (int unit : v.units(output)) {
      for (int j = unit * n; j < (unit + 1) * n; j++) {
        dy[j] = dx[choice[j]];
      }
    }
    return 0;
  }
}
