package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A 3 × 3 convolution of stride 1 by Winograd's minimal filtering: 36 matrix products of
 * transformed maps with a quarter of the multiplications. Everything a Hessian product needs of the
 * layer stands in the same transforms and their adjoints.
 */
final class WinogradOp extends ConvolutionOp {
  /** Transformed maps are made for about this many entries at a time. */
  private static final int ENTRIES = 1 << 18;

  private static final int FREQUENCIES = Winograd.FREQUENCIES;

  private final Winograd winograd;
  private final int channels;
  private final int filters;

  WinogradOp(Network network, Node node, StorageLayout layout, Kernels kernels) {
    super(network, node, layout, kernels);
    this.winograd =
        new Winograd(
            network.node(node.input()).shape(),
            node.shape(),
            ((Layer.Convolution) node.layer()).window(),
            kernels);
    this.channels = m / 9;
    this.filters = d * channels;
  }

  /**
   * Numbers that a worker's scratch needs for transformed weights, directions and sums of a block
   * and for maps, whatever the samples.
   */
  @Override
  long fixedScratch(int block) {
    long weights = (long) FREQUENCIES * filters * (1 + 2L * block) + Winograd.weightWork(filters);
    return weights + 4L * ENTRIES;
  }

  /** Whole rows of tiles, or pieces of one where a row is long. */
  private void segments(Frame f, Consumer<Winograd.Segment> work) {
    int high = winograd.tileRows();
    int wide = winograd.tileColumns();
    long perRow = (long) FREQUENCIES * (channels + d) * f.columns * wide;
    int step = (int) Math.max(1, Math.min(high, ENTRIES / perRow));
    int pieces = (int) Math.max(1, Math.min(wide, perRow / ENTRIES));
    for (int row = 0; row < high; row += step) {
      int rows = Math.min(step, high - row);
      for (int piece = 0; piece < pieces; piece++) {
        int from = piece * wide / pieces;
        int to = (piece + 1) * wide / pieces;
        work.accept(new Winograd.Segment(row, rows, from, to, f.columns));
      }
    }
  }

  /** Transformed weights of k filters that stand a distance apart. */
  private double[] weights(Frame f, int number, double[] w, int at, int distance, int k) {
    int size = FREQUENCIES * filters;
    double[] into = f.scratch(number, Math.multiplyExact(k, size));
    double[] work = f.scratch(7, Winograd.weightWork(filters));
    for (int i = 0; i < k; i++) {
      winograd.weight(w, at + i * distance, filters, into, i * size, work);
    }
    return into;
  }

  private void addWeights(Frame f, double[] from, int at, double[] sums, int sumsAt) {
    double[] work = f.scratch(7, Winograd.weightWork(filters));
    winograd.weightAdjoint(from, at, filters, sums, sumsAt, work);
  }

  private double[] input(Frame f, int number, double[] x, int at, Winograd.Segment s) {
    double[] into = f.scratch(number, FREQUENCIES * channels * s.columns());
    winograd.input(x, at, channels, s, into, f.scratch(7, Winograd.work(s)));
    return into;
  }

  private double[] cotangent(Frame f, int number, double[] g, int at, Winograd.Segment s) {
    double[] into = f.scratch(number, FREQUENCIES * d * s.columns());
    winograd.outputAdjoint(g, at, d, s, into, f.scratch(7, Winograd.work(s)));
    return into;
  }

  /** y = w x + beta y, frequency by frequency. */
  private void multiply(double[] w, int wAt, double[] x, double beta, double[] y, int n) {
    kernels.multiplyEach(
        FREQUENCIES,
        false,
        false,
        d,
        n,
        channels,
        w,
        wAt,
        filters,
        channels,
        x,
        0,
        channels * n,
        n,
        beta,
        y,
        0,
        d * n,
        n);
  }

  /** x = wᵀ g + beta x. */
  private void pull(double[] w, int wAt, double[] g, double beta, double[] x, int n) {
    kernels.multiplyEach(
        FREQUENCIES,
        true,
        false,
        channels,
        n,
        d,
        w,
        wAt,
        filters,
        channels,
        g,
        0,
        d * n,
        n,
        beta,
        x,
        0,
        channels * n,
        n);
  }

  /** into += g xᵀ. */
  private void gradient(double[] g, double[] x, double[] into, int intoAt, int n) {
    kernels.multiplyEach(
        FREQUENCIES,
        false,
        true,
        d,
        channels,
        n,
        g,
        0,
        d * n,
        n,
        x,
        0,
        channels * n,
        n,
        1,
        into,
        intoAt,
        filters,
        channels);
  }

  @Override
  void applyWeight(Frame f, double[] v, int offset, double[] y) {
    double[] w = weights(f, 0, v, offset, 0, 1);
    segments(
        f,
        s -> {
          double[] image = f.scratch(4, FREQUENCIES * d * s.columns());
          multiply(w, 0, input(f, 2, f.value(input), 0, s), 0, image, s.columns());
          winograd.output(image, y, 0, d, s, f.scratch(7, Winograd.work(s)));
        });
  }

  @Override
  void addWeightGradient(Frame f, double[] y, double[] sums) {
    double[] into = f.scratch(6, FREQUENCIES * filters);
    Arrays.fill(into, 0, FREQUENCIES * filters, 0);
    segments(
        f,
        s ->
            gradient(
                cotangent(f, 4, y, 0, s), input(f, 2, f.value(input), 0, s), into, 0, s.columns()));
    addWeights(f, into, 0, sums, weightOffset);
  }

  @Override
  void pushforward(Frame f) {
    int n = positions * f.columns;
    int in = inputFeatures * f.columns;
    double[] dy = f.tangent(output);
    boolean own = f.active[node.weight()];
    boolean live = f.live[input];
    if (!own && !live) {
      Arrays.fill(dy, 0, f.block * d * n, 0);
    } else {
      double[] w = live ? weights(f, 0, f.theta, weightOffset, 0, 1) : null;
      double[] v = own ? weights(f, 1, f.directions, f.block * weightOffset, d * m, f.block) : null;
      segments(
          f,
          s -> {
            double[] x = own ? input(f, 2, f.value(input), 0, s) : null;
            double[] image = f.scratch(4, FREQUENCIES * d * s.columns());
            for (int i = 0; i < f.block; i++) {
              if (own) {
                multiply(v, i * FREQUENCIES * filters, x, 0, image, s.columns());
              }
              if (live) {
                double[] dx = input(f, 3, f.tangent(input), i * in, s);
                multiply(w, 0, dx, own ? 1 : 0, image, s.columns());
              }
              winograd.output(image, dy, i * d * n, d, s, f.scratch(7, Winograd.work(s)));
            }
          });
    }
    for (int i = 0; i < f.block && hasBias(f); i++) {
      addBias(dy, i * d * n, f.directions, f.block * biasOffset + i * d, f.columns, positions);
    }
  }

  @Override
  void pull(Frame f, boolean adjoint, boolean product, double[] sums) {
    int k = block(f, adjoint);
    int n = positions * f.columns;
    int in = inputFeatures * f.columns;
    int size = FREQUENCIES * filters;
    double[] g = cotangent(f, adjoint, output);
    boolean down = f.live[input];
    boolean weight = sums != null && f.active[node.weight()];
    // As for other convolutions: the weight's own direction pulls the value's cotangent, and the
    // tangents meet it.
    boolean second = product && down && f.active[node.weight()];
    boolean again = product && down && !f.replay;
    double[] value = second || again ? f.adjoint(output) : null;
    double[] gx = down ? cotangent(f, adjoint, input) : null;
    if (down && !accumulate) {
      Arrays.fill(gx, 0, k * in, 0);
      if (again) {
        Arrays.fill(f.adjoint(input), 0, in, 0);
      }
    }
    if (down || weight) {
      double[] w = down ? weights(f, 0, f.theta, weightOffset, 0, 1) : null;
      double[] v = second ? weights(f, 1, f.directions, k * weightOffset, d * m, k) : null;
      double[] into = weight ? f.scratch(6, Math.multiplyExact(k, size)) : null;
      if (weight) {
        Arrays.fill(into, 0, k * size, 0);
      }
      segments(
          f,
          s -> {
            int columns = s.columns();
            double[] work = f.scratch(7, Winograd.work(s));
            double[] x = weight ? input(f, 2, f.value(input), 0, s) : null;
            double[] h = value == null ? null : cotangent(f, 5, value, 0, s);
            double[] pulled = f.scratch(3, FREQUENCIES * channels * columns);
            for (int i = 0; i < k; i++) {
              double[] of = cotangent(f, 4, g, i * d * n, s);
              if (down) {
                pull(w, 0, of, 0, pulled, columns);
                if (second) {
                  pull(v, i * size, h, 1, pulled, columns);
                }
                winograd.inputAdjoint(pulled, gx, i * in, channels, s, work);
              }
              if (weight) {
                gradient(of, x, into, i * size, columns);
              }
              if (weight && second) {
                gradient(h, input(f, 3, f.tangent(input), i * in, s), into, i * size, columns);
              }
            }
            if (again) {
              pull(w, 0, h, 0, pulled, columns);
              winograd.inputAdjoint(pulled, f.adjoint(input), 0, channels, s, work);
            }
          });
      for (int i = 0; i < k && weight; i++) {
        addWeights(f, into, i * size, sums, k * weightOffset + i * d * m);
      }
    }
    if (sums != null && hasBias(f)) {
      sumRows(g, sums, k, f.columns, positions);
    }
  }
}
