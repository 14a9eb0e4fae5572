package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * Maximum over windows: y = Σ_τ mask_τ ∘ x_τ, where a mask is 1 at the tap that was chosen, the
 * first of equal ones, and 0 at the others. Masks instead of indices keep every loop free of
 * branches and of scattered addresses.
 */
final class MaxPoolOp extends Op {
  /** The largest finite number. */
  private static final double LARGEST = Math.nextDown(Double.POSITIVE_INFINITY);

  private final Rows rows;
  private final int channels;
  private final int taps;
  private final int inputPositions;
  private final int positions;

  /** By output position and tap of one channel, the input position, −1 outside of the map. */
  private final int[] sources;

  MaxPoolOp(Network network, Node node, StorageLayout layout, Rows rows) {
    super(node, network.node(node.input()).shape().size(), layout);
    Shape in = network.node(node.input()).shape();
    Window w = ((Layer.MaxPool) node.layer()).window();
    this.rows = rows;
    this.channels = in.extent(0);
    this.taps = w.taps();
    this.inputPositions = in.positions();
    this.positions = node.shape().positions();
    this.sources = new int[positions * taps];
    int at = 0;
    for (int oy = 0; oy < node.shape().extent(1); oy++) {
      for (int ox = 0; ox < node.shape().extent(2); ox++) {
        for (int ky = 0; ky < w.kernelHeight(); ky++) {
          for (int kx = 0; kx < w.kernelWidth(); kx++) {
            int iy = oy * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
            int ix = ox * w.strideWidth() - w.padLeft() + kx * w.dilationWidth();
            boolean inside = iy >= 0 && iy < in.extent(1) && ix >= 0 && ix < in.extent(2);
            sources[at++] = inside ? iy * in.extent(2) + ix : -1;
          }
        }
      }
    }
  }

  /** By output position and tap of one channel, the input position, −1 outside of the map. */
  int[] sources() {
    return sources;
  }

  /** Work on one tap of one output row. */
  private interface Tap {
    void run(int outputRow, int inputRow, int mask);
  }

  private void forEach(int b, Tap work) {
    forEach(0, features, b, work);
  }

  private void forEach(int begin, int end, int b, Tap work) {
    for (int row = begin; row < end; row++) {
      int channel = row / positions * inputPositions;
      int first = row % positions * taps;
      for (int t = 0; t < taps; t++) {
        int source = sources[first + t];
        if (source >= 0) {
          work.run(row * b, (channel + source) * b, (row * taps + t) * b);
        }
      }
    }
  }

  @Override
  void forward(Frame f) {
    maximum(f, f.value(output));
    if (f.derives(output)) {
      choose(f, f.value(output));
    }
  }

  /** What follows may have overwritten the maxima. */
  @Override
  void restore(Frame f) {
    double[] y = f.scratch(0, features * f.columns);
    maximum(f, y);
    choose(f, y);
  }

  private void maximum(Frame f, double[] y) {
    int b = f.columns;
    double[] x = f.value(input);
    for (int row = 0; row < features; row++) {
      int channel = row / positions * inputPositions;
      int first = row % positions * taps;
      int at = row * b;
      int one = -1;
      boolean begun = false;
      for (int t = 0; t < taps; t++) {
        int source = sources[first + t] < 0 ? -1 : (channel + sources[first + t]) * b;
        if (source >= 0 && begun) {
          rows.larger(x, source, y, at, y, at, b);
        } else if (source >= 0 && one >= 0) {
          rows.larger(x, one, x, source, y, at, b);
          begun = true;
        } else if (source >= 0) {
          one = source;
        }
      }
      if (!begun && one >= 0) {
        System.arraycopy(x, one, y, at, b);
      } else if (!begun) {
        Arrays.fill(y, at, at + b, Double.NEGATIVE_INFINITY);
      }
    }
  }

  private void choose(Frame f, double[] y) {
    int b = f.columns;
    double[] x = f.value(input);
    double[] masks = masks(f);
    double[] left = f.scratch(1, features * b);
    Arrays.fill(left, 0, features * b, 1);
    forEach(b, (row, from, mask) -> mark(x, from, y, left, row, masks, mask, b));
  }

  /** mask = left where x = y, else 0; y − x is 0 or so large times LARGEST² that 1 is less. */
  private static void mark(
      double[] x, int from, double[] y, double[] left, int at, double[] masks, int mask, int b) {
    for (int j = 0; j < b; j++) {
      masks[mask + j] = 1 - Math.min(1, (y[at + j] - x[from + j]) * LARGEST * LARGEST);
    }
    for (int j = 0; j < b; j++) {
      masks[mask + j] *= left[at + j];
    }
    for (int j = 0; j < b; j++) {
      left[at + j] -= masks[mask + j];
    }
  }

  /** Numbers a sample's masks take. */
  int masks() {
    return Math.multiplyExact(features, taps);
  }

  private double[] masks(Frame f) {
    return f.sign(output, masks());
  }

  @Override
  void pushforward(Frame f) {
    int b = f.columns;
    int n = features * b;
    double[] masks = masks(f);
    double[] dx = f.tangent(input);
    double[] dy = f.tangent(output);
    Arrays.fill(dy, 0, f.block * n, 0);
    for (int i = 0; i < f.block; i++) {
      int in = i * inputFeatures * b;
      int out = i * n;
      forEach(
          b, (row, from, mask) -> rows.addProduct(dx, in + from, masks, mask, dy, out + row, b));
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int b = f.columns;
    int n = features * b;
    int k = block(f, adjoint);
    double[] masks = masks(f);
    double[] g = cotangent(f, adjoint, output);
    double[] gx = cotangent(f, adjoint, input);
    if (!accumulate) {
      Arrays.fill(gx, 0, k * inputFeatures * b, 0);
    }
    for (int i = 0; i < k; i++) {
      int in = i * inputFeatures * b;
      int out = i * n;
      forEach(b, (row, from, mask) -> rows.addProduct(g, out + row, masks, mask, gx, in + from, b));
    }
  }

  @Override
  void reach(SparseDirection v, boolean[] result) {
    reachAsInput(v, result);
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int b = f.columns;
    double[] masks = masks(f);
    double[] dx = f.tangent(input);
    double[] dy = f.tangent(output);
    for (int unit : v.units(output)) {
      int first = unit * positions;
      Arrays.fill(dy, first * b, (first + positions) * b, 0);
      forEach(
          first,
          first + positions,
          b,
          (row, from, mask) -> rows.addProduct(dx, from, masks, mask, dy, row, b));
    }
    return 0;
  }
}
