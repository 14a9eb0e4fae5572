package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/** Y = W X + b: the dense layer. */
final class DenseOp extends WeightOp {
  DenseOp(Network network, Node node, StorageLayout layout, Kernels kernels) {
    super(network, node, layout, kernels);
  }

  @Override
  int positions() {
    return 1;
  }

  /** Whether products with many chunks are worth packing the weights. */
  boolean packs() {
    return kernels.packs(d, m);
  }

  /** Packs the k directions of the weight as one matrix. */
  void packWeight(double[] directions, int k, double[] packed) {
    kernels.pack(false, k * d, m, directions, k * weightOffset, m, packed, 0);
  }

  /** Packs the transpose of the weight's i-th direction of k. */
  void packTransposedWeight(double[] directions, int k, int i, double[] packed) {
    int at = i * d * m;
    kernels.pack(true, m, d, directions, k * weightOffset + at, m, packed, at);
  }

  /** y = V x + beta y, V this many rows of the weight's matrices, which begin at an offset. */
  private void times(
      PackedWeights packed,
      double[] matrices,
      int offset,
      int rows,
      double[] x,
      int from,
      int b,
      double beta,
      double[] y,
      int to) {
    double[] factor = packed == null ? null : packed.asTheyAre(node.index());
    if (factor != null) {
      kernels.multiplyPacked(rows, b, m, factor, 0, x, from, b, beta, y, to, b);
    } else {
      kernels.multiply(
          false, false, rows, b, m, 1, matrices, offset, m, x, from, b, beta, y, to, b);
    }
  }

  /** y = Vᵀ x + beta y, V the i-th of the weight's matrices, which begin at an offset. */
  private void timesTransposed(
      PackedWeights packed,
      double[] matrices,
      int offset,
      int i,
      double[] x,
      int from,
      int b,
      double beta,
      double[] y,
      int to) {
    int at = i * d * m;
    double[] factor = packed == null ? null : packed.transposed(node.index());
    if (factor != null) {
      kernels.multiplyPacked(m, b, d, factor, at, x, from, b, beta, y, to, b);
    } else {
      kernels.multiply(
          true, false, m, b, d, 1, matrices, offset + at, m, x, from, b, beta, y, to, b);
    }
  }

  @Override
  long fixedScratch(int block) {
    return block == 1 ? 0 : (long) block * m * d;
  }

  @Override
  void applyWeight(Frame f, double[] v, int offset, double[] y) {
    int b = f.columns;
    kernels.multiply(false, false, d, b, m, 1, v, offset, m, f.value(input), 0, b, 0, y, 0, b);
  }

  @Override
  void addWeightGradient(Frame f, double[] y, double[] sums) {
    int b = f.columns;
    kernels.multiply(
        false, true, d, m, b, 1, y, 0, b, f.value(input), 0, b, 1, sums, weightOffset, m);
  }

  @Override
  void forward(Frame f) {
    int b = f.columns;
    double[] y = f.value(output);
    fillBias(y, 0, f.theta, biasOffset, b, 1);
    times(f.packedTheta, f.theta, weightOffset, d, f.value(input), 0, b, 1, y, 0);
  }

  @Override
  void pushforward(Frame f) {
    int b = f.columns;
    double[] dy = f.tangent(output);
    boolean v = f.active[node.weight()];
    if (v) {
      int from = f.block * weightOffset;
      int rows = f.block * d;
      times(f.packedDirections, f.directions, from, rows, f.value(input), 0, b, 0, dy, 0);
    } else {
      Arrays.fill(dy, 0, f.block * d * b, 0);
    }
    for (int i = 0; i < f.block; i++) {
      if (hasBias(f)) {
        addBias(dy, i * d * b, f.directions, f.block * biasOffset + i * d, b, 1);
      }
      if (f.live[input]) {
        double[] dx = f.tangent(input);
        times(f.packedTheta, f.theta, weightOffset, d, dx, i * m * b, b, 1, dy, i * d * b);
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
        double beta = accumulate ? 1 : 0;
        int from = i * d * b;
        timesTransposed(f.packedTheta, f.theta, weightOffset, 0, g, from, b, beta, gx, i * m * b);
      }
    }
    if (sums == null) {
      return;
    }
    if (f.active[node.weight()]) {
      int to = k * weightOffset;
      kernels.multiply(false, true, k * d, m, b, 1, g, 0, b, f.value(input), 0, b, 1, sums, to, m);
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
    int from = f.block * weightOffset;
    double[] g = f.adjoint(output);
    double[] gx = f.cotangent(input);
    double[] dx = f.tangent(input);
    for (int i = 0; i < f.block; i++) {
      timesTransposed(f.packedDirections, f.directions, from, i, g, 0, b, 1, gx, i * m * b);
    }
    if (f.block == 1) {
      kernels.multiply(false, true, d, m, b, 1, g, 0, b, dx, 0, b, 1, f.sums, from, m);
      return;
    }
    // The transposes of all directions' sums are one product.
    int rows = f.block * m;
    double[] transposed = f.scratch(1, rows * d);
    kernels.multiply(false, true, rows, d, b, 1, dx, 0, b, g, 0, b, 0, transposed, 0, d);
    for (int i = 0; i < f.block; i++) {
      addTransposed(transposed, i * m * d, f.sums, from + i * d * m);
    }
  }

  /** y += xᵀ, y of d rows and m columns. */
  private void addTransposed(double[] x, int from, double[] y, int to) {
    for (int r = 0; r < d; r++) {
      for (int j = 0; j < m; j++) {
        y[to + r * m + j] += x[from + j * d + r];
      }
    }
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int b = f.columns;
    double[] dy = f.tangent(output);
    startSparse(f, v, dy, b);
    /*64*/ double form = 0;
    WeightPart part = v.part(output, 0);
    if (part != null) {
      int rows = part.rows();
      int width = part.width;
      double[] x = f.scratch(1, width * b);
      pack(f.value(input), part.channels, null, x, b);
      kernels.multiply(
          false,
          false,
          rows,
          b,
          width,
          1,
          part.entries,
          0,
          width,
          x,
          0,
          b,
          1,
          dy,
          part.from * b,
          b);
      if (part.meets(v, input)) {
        pack(f.tangent(input), part.channels, v, x, b);
        double[] image = f.scratch(2, rows * b);
        kernels.multiply(
            false, false, rows, b, width, 1, part.entries, 0, width, x, 0, b, 0, image, 0, b);
        form = 2 * Rows.dot(f.adjoint(output), part.from * b, image, 0, rows * b);
      }
    }
    int[] units = v.units(input);
    if (units.length == m) {
      kernels.multiply(
          false, false, d, b, m, 1, f.theta, weightOffset, m, f.tangent(input), 0, b, 1, dy, 0, b);
    } else if (units.length > 0) {
      int n = units.length;
      double[] w = columnsOf(f.theta, 0, d, units, f.scratch(2, d * n));
      double[] dx = f.scratch(1, n * b);
      pack(f.tangent(input), units, null, dx, b);
      kernels.multiply(false, false, d, b, n, 1, w, 0, n, dx, 0, b, 1, dy, 0, b);
    }
    return form;
  }

  /** Some rows of the input side by side; zeros for those that a direction does not reach. */
  private void pack(double[] x, int[] units, SparseDirection v, double[] packed, int b) {
    for (int i = 0; i < units.length; i++) {
      if (v == null || v.reaches(input, units[i])) {
        System.arraycopy(x, units[i] * b, packed, i * b, b);
      } else {
        Arrays.fill(packed, i * b, (i + 1) * b, 0);
      }
    }
  }
}
