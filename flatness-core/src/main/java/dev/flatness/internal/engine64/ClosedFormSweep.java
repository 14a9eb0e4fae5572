package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.GramFactor;
import dev.flatness.internal.engine.InputSpread;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.LayerForms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The closed forms of docs/mathematics.md#closed-forms: what each layer makes of its input patches
 * φ and the cotangents g_k pulled back from the columns of the loss's factor.
 *
 * <p>Per sample b_k = Σ_p g_{k,p} φ_pᵀ; a dense layer has one position, so everything factors into
 * its squared norms; a convolution's b_k are made sample by sample, all k in one matrix product.
 * Cost per sample: a dense layer 4 K m d, a convolution 2 K d m (P + r) multiply-adds, r = min(d,
 * m).
 */
final class ClosedFormSweep {
  private final NetworkEngine engine;
  private final double[] theta;
  private final InputSpread spread;
  private final Kernels kernels;

  /**
   * Where a layer's columns, rows and two relative flatnesses stand in the result; after the
   * diagonal.
   */
  private final int[] at;

  private final int length;

  /** Whether a node's forms are wanted. */
  private final boolean[] wanted;

  private final double[][] factor;
  private final double[][] normalizedFactor;
  private final double[][] inverse;

  ClosedFormSweep(NetworkEngine engine, double[] theta, InputSpread spread, boolean[] wanted) {
    this.wanted = wanted;
    this.engine = engine;
    this.theta = theta;
    this.spread = spread;
    this.kernels = engine.kernels;
    int nodes = engine.ops.length;
    this.at = new int[nodes];
    this.factor = new double[nodes][];
    this.normalizedFactor = new double[nodes][];
    this.inverse = new double[nodes][];
    this.length = resultLength(engine, wanted);
    int next = theta.length;
    for (Op op : engine.ops) {
      if (op instanceof WeightOp weight && wanted[op.output]) {
        at[op.output] = next;
        next += columns(weight) + weight.d + 2;
        prepare(weight);
      }
    }
  }

  int resultLength() {
    return length;
  }

  /** The length of the result for some nodes. */
  static int resultLength(NetworkEngine engine, boolean[] wanted) {
    int length = engine.theta.length;
    for (Op op : engine.ops) {
      if (op instanceof WeightOp weight && wanted[op.output]) {
        length += columns(weight) + weight.d + 2;
      }
    }
    return length;
  }

  private static int groups(WeightOp op) {
    return op instanceof ConvolutionOp convolution ? convolution.groups : 1;
  }

  /** Weights that read one channel. */
  private static int taps(WeightOp op) {
    return op.node.layer() instanceof Layer.Convolution convolution
        ? convolution.window().taps()
        : 1;
  }

  /** Input channels, of all groups. */
  private static int columns(WeightOp op) {
    return op.m / taps(op) * groups(op);
  }

  /** The factors F of W and of W diag(σ), per group, and 1/σ per weight column. */
  private void prepare(WeightOp op) {
    int groups = groups(op);
    int taps = taps(op);
    int dg = op.d / groups;
    int m = op.m;
    /*64*/ double[] sigma = spread.scale(op.node);
    if (sigma != null) {
      inverse[op.output] = new double[groups * m];
      for (int j = 0; j < groups * m; j++) {
        inverse[op.output][j] = sigma[j / taps] == 0 ? 0 : (double) (1 / sigma[j / taps]);
      }
    }
    if (!(op instanceof ConvolutionOp)) {
      return;
    }
    int r = GramFactor.rows(dg, m);
    factor[op.output] = new double[groups * r * dg];
    normalizedFactor[op.output] = sigma == null ? null : new double[groups * r * dg];
    /*64*/ double[] block = new /*64*/ double[dg * m];
    for (int g = 0; g < groups; g++) {
      for (int e = 0; e < dg * m; e++) {
        block[e] = theta[op.weightOffset + g * dg * m + e];
      }
      copy(GramFactor.of(block, dg, m), factor[op.output], g * r * dg);
      if (sigma != null) {
        for (int e = 0; e < dg * m; e++) {
          block[e] *= sigma[(g * m + e % m) / taps];
        }
        copy(GramFactor.of(block, dg, m), normalizedFactor[op.output], g * r * dg);
      }
    }
  }

  private static void copy(/*64*/ double[] from, double[] to, int offset) {
    for (int i = 0; i < from.length; i++) {
      to[offset + i] = (double) from[i];
    }
  }

  /** Adds what a node contributes for the block of cotangents at its output. */
  void visit(Op op, Frame f, /*64*/ double[] result) {
    if (!wanted[op.output]) {
      return;
    }
    if (op instanceof DenseOp dense) {
      dense(dense, f, result);
    } else if (op instanceof ConvolutionOp convolution) {
      convolution(convolution, f, result);
    } else if (op instanceof AffineOp affine) {
      affine(affine, f, result);
    }
  }

  private void dense(DenseOp op, Frame f, /*64*/ double[] result) {
    int b = f.columns;
    int d = op.d;
    int m = op.m;
    double[] x = f.value(op.input);
    double[] g = f.cotangent(op.output);
    double[] g2 = f.scratch(2, d * b);
    Arrays.fill(g2, 0, d * b, 0);
    for (int i = 0; i < f.block; i++) {
      engine.rows.addProduct(g, i * d * b, g, i * d * b, g2, 0, d * b);
    }
    double[] x2 = f.scratch(3, m * b);
    engine.rows.multiply(x, 0, x, 0, x2, 0, m * b);
    double[] diagonal = f.scratch(4, d * m);
    kernels.multiply(false, true, d, m, b, 1, g2, 0, b, x2, 0, b, 0, diagonal, 0, m);
    for (int e = 0; e < d * m; e++) {
      result[op.weightOffset + e] += diagonal[e];
    }
    for (int s = 0; s < d && op.biasOffset >= 0; s++) {
      result[op.biasOffset + s] += PlainLoops.sum(g2, s * b, b);
    }
    double[] u = f.scratch(5, m * b);
    double[] u2 = f.scratch(6, m * b);
    Arrays.fill(u2, 0, m * b, 0);
    for (int i = 0; i < f.block; i++) {
      kernels.multiply(
          true, false, m, b, d, 1, theta, op.weightOffset, m, g, i * d * b, b, 0, u, 0, b);
      engine.rows.addProduct(u, 0, u, 0, u2, 0, m * b);
    }
    int columns = at[op.output];
    int rows = columns + m;
    for (int j = 0; j < m; j++) {
      result[columns + j] += Rows.dot(x2, j * b, u2, j * b, b);
    }
    double[] z = f.scratch(7, d * b);
    kernels.multiply(false, false, d, b, m, 1, theta, op.weightOffset, m, x, 0, b, 0, z, 0, b);
    engine.rows.multiply(z, 0, z, 0, z, 0, d * b);
    for (int s = 0; s < d; s++) {
      result[rows + s] += Rows.dot(z, s * b, g2, s * b, b);
    }
    double[] inverse = this.inverse[op.output];
    double[] norms = f.scratch(5, 4 * b);
    Arrays.fill(norms, 0, 4 * b, 0);
    for (int t = 0; t < m; t++) {
      engine.rows.add(x2, t * b, norms, 0, b);
      engine.rows.add(u2, t * b, norms, b, b);
      if (inverse != null && inverse[t] != 0) {
        double scale = inverse[t];
        engine.rows.addScaled(scale * scale, x2, t * b, norms, 2 * b, b);
        engine.rows.addScaled(1 / (scale * scale), u2, t * b, norms, 3 * b, b);
      }
    }
    result[rows + d] += Rows.dot(norms, 0, norms, b, b);
    result[rows + d + 1] += Rows.dot(norms, 2 * b, norms, 3 * b, b);
  }

  private void convolution(ConvolutionOp op, Frame f, /*64*/ double[] result) {
    int b = f.columns;
    int k = f.block;
    int d = op.d;
    int m = op.m;
    int n = op.positions;
    double[] g = bySample(f.cotangent(op.output), k * d * n, b, f.scratch(2, k * d * n * b));
    double[] x =
        bySample(f.value(op.input), op.inputFeatures, b, f.scratch(3, op.inputFeatures * b));
    double[] phi = f.scratch(1, op.patches.rows() * n);
    double[] products = f.scratch(4, k * d * m);
    for (int j = 0; j < b; j++) {
      op.patches.gather(x, j * op.inputFeatures, phi, 0, op.patches.outputHeight(), 1);
      int dg = d / op.groups;
      for (int q = 0; q < op.groups; q++) {
        if (op.groups == 1) {
          kernels.multiply(
              false, true, k * d, m, n, 1, g, j * k * d * n, n, phi, 0, n, 0, products, 0, m);
        } else {
          for (int i = 0; i < k; i++) {
            kernels.multiply(
                false,
                true,
                dg,
                m,
                n,
                1,
                g,
                ((j * k + i) * d + q * dg) * n,
                n,
                phi,
                q * m * n,
                n,
                0,
                products,
                (i * d + q * dg) * m,
                m);
          }
        }
      }
      sample(op, f, g, j * k * d * n, products, result);
    }
  }

  /** One sample's contributions from its b_k. */
  private void sample(
      ConvolutionOp op, Frame f, double[] g, int gAt, double[] products, /*64*/ double[] result) {
    int d = op.d;
    int m = op.m;
    int n = op.positions;
    int taps = taps(op);
    int dg = d / op.groups;
    int perGroup = m / taps;
    int columns = at[op.output];
    int rows = columns + perGroup * op.groups;
    /*64*/ double[] byColumn = f.channels(perGroup * op.groups);
    for (int i = 0; i < f.block; i++) {
      Arrays.fill(byColumn, 0, perGroup * op.groups, 0);
      for (int s = 0; s < d; s++) {
        int from = (i * d + s) * m;
        int w = op.weightOffset + s * m;
        for (int e = 0; e < m; e++) {
          result[w + e] += (/*64*/ double) products[from + e] * products[from + e];
        }
        /*64*/ double row = 0;
        for (int c = 0; c < perGroup; c++) {
          /*64*/ double dot = Rows.dot(products, from + c * taps, theta, w + c * taps, taps);
          byColumn[s / dg * perGroup + c] += dot;
          row += dot;
        }
        result[rows + s] += row * row;
        if (op.biasOffset >= 0) {
          /*64*/ double sum = PlainLoops.sum(g, gAt + (i * d + s) * n, n);
          result[op.biasOffset + s] += sum * sum;
        }
      }
      for (int c = 0; c < perGroup * op.groups; c++) {
        result[columns + c] += byColumn[c] * byColumn[c];
      }
    }
    result[rows + d] += weighted(op, f, factor[op.output], products);
    double[] inverse = this.inverse[op.output];
    if (inverse != null) {
      for (int i = 0; i < f.block * d; i++) {
        engine.rows.multiply(products, i * m, inverse, i % d / dg * m, products, i * m, m);
      }
      result[rows + d + 1] += weighted(op, f, normalizedFactor[op.output], products);
    }
  }

  /** Σ_k ‖F b_k‖_F², group by group. */
  private /*64*/ double weighted(ConvolutionOp op, Frame f, double[] factor, double[] products) {
    int m = op.m;
    int dg = op.d / op.groups;
    int r = GramFactor.rows(dg, m);
    double[] t = f.scratch(5, r * m);
    /*64*/ double sum = 0;
    for (int i = 0; i < f.block; i++) {
      for (int q = 0; q < op.groups; q++) {
        kernels.multiply(
            false,
            false,
            r,
            m,
            dg,
            1,
            factor,
            q * r * dg,
            dg,
            products,
            (i * op.d + q * dg) * m,
            m,
            0,
            t,
            0,
            m);
        sum += Rows.dot(t, 0, t, 0, r * m);
      }
    }
    return sum;
  }

  /** Transposes [rows × b] to [b × rows]. */
  private static double[] bySample(double[] from, int rows, int b, double[] to) {
    for (int row = 0; row < rows; row += 16) {
      int end = Math.min(rows, row + 16);
      for (int j = 0; j < b; j++) {
        for (int r = row; r < end; r++) {
          to[j * rows + r] = from[r * b + j];
        }
      }
    }
    return to;
  }

  private void affine(AffineOp op, Frame f, /*64*/ double[] result) {
    int b = f.columns;
    int n = op.positions;
    double[] x = f.value(op.input);
    double[] g = f.cotangent(op.output);
    double[] sums = f.scratch(2, 2 * b);
    for (int i = 0; i < f.block; i++) {
      for (int c = 0; c < op.channels; c++) {
        if (c == 0 || !op.oneShift) {
          Arrays.fill(sums, b, 2 * b, 0);
        }
        Arrays.fill(sums, 0, b, 0);
        for (int p = 0; p < n; p++) {
          int from = ((i * op.channels + c) * n + p) * b;
          engine.rows.addProduct(g, from, x, (c * n + p) * b, sums, 0, b);
          engine.rows.add(g, from, sums, b, b);
        }
        if (op.scaleOffset >= 0) {
          result[op.scaleOffset + c] += Rows.dot(sums, 0, sums, 0, b);
        }
        if (op.shiftOffset >= 0 && (c == op.channels - 1 || !op.oneShift)) {
          result[op.shiftAt(c)] += Rows.dot(sums, b, sums, b, b);
        }
      }
    }
  }

  /** Reads the summed result. */
  ClosedForms forms(/*64*/ double[] total, int samples) {
    for (int i = 0; i < total.length; i++) {
      total[i] /= samples;
    }
    List<LayerForms> layers = new ArrayList<>();
    for (Op op : engine.ops) {
      if (op instanceof WeightOp weight && wanted[op.output]) {
        Node node = op.node;
        int columns = at[op.output];
        int rows = columns + columns(weight);
        int end = rows + weight.d;
        layers.add(
            new LayerForms(
                node,
                sum(total, weight.weightOffset, weight.d * weight.m),
                weight.biasOffset < 0 ? 0 : sum(total, weight.biasOffset, weight.d),
                Arrays.copyOfRange(total, columns, rows),
                Arrays.copyOfRange(total, rows, end),
                total[end],
                inverse[op.output] == null ? /*64*/ Double.NaN : overflowed(total[end + 1]),
                spread.constant(node),
                spread.dropped(node)));
      }
    }
    return new ClosedForms(layers, Arrays.copyOf(total, theta.length));
  }

  /** Weights and inputs are finite: what is no number was made of one too large. */
  private static /*64*/ double overflowed(/*64*/ double value) {
    return /*64*/ Double.isNaN(value) ? /*64*/ Double.POSITIVE_INFINITY : value;
  }

  private static /*64*/ double sum(/*64*/ double[] total, int from, int count) {
    /*64*/ double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += total[i];
    }
    return sum;
  }
}
