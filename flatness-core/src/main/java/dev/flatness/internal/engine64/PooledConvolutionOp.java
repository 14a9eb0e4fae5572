package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.PooledConvolution;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * The derivatives of a convolution, an activation and a maximum pooling at once: y_{s,q} = σ(⟨W_s,
 * φ_p⟩ + b_s) at the position p that the window q chose for the channel s, the first of equal ones.
 * Tangents and cotangents at other positions never matter, and those whose σ′ is 0 do not either.
 *
 * <p>Every sample chooses its own positions, so nothing here is one matrix product. Feature maps
 * are laid out position by position, channels innermost, so that a patch is a few long runs. Cost
 * per sample and unit of a product: d · m for each of Q windows instead of each of P positions; and
 * 2 · features for each map whose layout is changed.
 */
final class PooledConvolutionOp extends PassOp {
  /**
   * Runs are this long or a multiple of it: a weight's end in zeros, a patch's in entries of its
   * neighbors, which meet them.
   */
  private static final int LANES = 16;

  /** Marks a window whose value has the slope 0. */
  private static final int DEAD = -1;

  private final Kernels kernels;
  private final Node layer;
  private final int d;
  private final int m;
  private final int weightOffset;
  private final int biasOffset;

  /** The activation's slope left of 0. */
  private final double low;

  private final boolean activated;
  private final int before;
  private final int source;
  private final int channels;
  private final int height;
  private final int width;
  private final int windows;

  /** Of a patch: its runs, their length, and the distance of a map's. */
  private final int runs;

  private final int run;
  private final int kernelWidth;
  private final int line;

  /** Numbers of a map, and of the weight in its layout. */
  private final int map;

  private final int taps;
  private final int weights;
  private final Window w;
  private final int positions;
  private final int outputWidth;

  /** By window and tap, the position of the convolution's output, −1 outside of the map. */
  private final int[] candidates;

  private final int poolTaps;
  private final boolean accumulates;

  PooledConvolutionOp(
      Network network, PooledConvolution layers, StorageLayout layout, Kernels kernels) {
    super(layers.pool(), network.node(layers.convolution().input()).shape().size(), layout);
    this.kernels = kernels;
    this.layer = layers.convolution();
    this.d = network.weight(layer).shape().extent(0);
    this.m = network.weight(layer).size() / d;
    this.weightOffset = network.weight(layer).offset();
    this.biasOffset = layer.bias() < 0 ? -1 : network.bias(layer).offset();
    this.low = (double) layers.slope();
    this.before = layers.pool().input();
    this.activated = before != layer.index();
    this.source = layer.input();
    this.accumulates = layout.accumulates(layer.index(), 0);
    this.w = ((Layer.Convolution) layer.layer()).window();
    Shape in = network.node(source).shape();
    this.channels = in.extent(0);
    this.height = in.extent(1);
    this.width = in.extent(2);
    this.runs = w.kernelHeight();
    this.kernelWidth = w.kernelWidth();
    this.run = (kernelWidth * channels + LANES - 1) / LANES * LANES;
    this.line = (width + w.padLeft() + w.padRight()) * channels;
    this.map = (height + w.padTop() + w.padBottom()) * line + LANES;
    this.taps = w.taps();
    this.weights = d * runs * run;
    this.windows = layers.pool().shape().positions();
    this.positions = layer.shape().positions();
    this.outputWidth = layer.shape().extent(2);
    MaxPoolOp pool = new MaxPoolOp(network, layers.pool(), layout, new Rows(kernels));
    this.candidates = pool.sources();
    this.poolTaps = candidates.length / windows;
  }

  /** Numbers a sample that scratch arrays take for a block of a number of directions. */
  long scratch(int block) {
    return 3L * map + (block + 2L) * features;
  }

  /** Numbers of the weights in the layout of patches, whatever the samples. */
  long fixedScratch() {
    return 3L * weights;
  }

  @Override
  boolean secondOrder() {
    return true;
  }

  @Override
  boolean keepsAdjoint(boolean[] dependent) {
    return dependent[source];
  }

  private boolean hasBias(Frame f) {
    return biasOffset >= 0 && f.active[layer.bias()];
  }

  @Override
  void forward(Frame f) {
    choose(f);
    double[] x = f.value(before);
    double[] y = f.value(output);
    int[] chosen = f.chosen(output, features);
    int b = f.columns;
    for (int row = 0; row < features; row++) {
      int from = row / windows * positions * b;
      for (int j = row * b; j < (row + 1) * b; j++) {
        y[j] = x[from + chosen[j] * b + j - row * b];
      }
    }
    aim(f);
  }

  @Override
  void restore(Frame f) {
    choose(f);
    aim(f);
  }

  /** The position that each window chooses. */
  private void choose(Frame f) {
    int b = f.columns;
    double[] x = f.value(before);
    int[] chosen = f.chosen(output, features);
    double[] best = f.scratch(0, b);
    for (int row = 0; row < features; row++) {
      int from = row / windows * positions;
      int first = row % windows * poolTaps;
      boolean any = false;
      for (int t = first; t < first + poolTaps; t++) {
        int position = candidates[t];
        if (position >= 0 && any) {
          take(x, (from + position) * b, position, best, chosen, row * b, b);
        } else if (position >= 0) {
          System.arraycopy(x, (from + position) * b, best, 0, b);
          Arrays.fill(chosen, row * b, (row + 1) * b, position);
          any = true;
        }
      }
    }
  }

  /** What is not a number wins, as in a maximum. */
  private static void take(
      double[] x, int from, int position, double[] best, int[] chosen, int at, int b) {
    for (int j = 0; j < b; j++) {
      double value = x[from + j];
      if (value > best[j] || value != value) {
        best[j] = value;
        chosen[at + j] = position;
      }
    }
  }

  /** Replaces chosen positions by where their patches begin, and notes the dead ones. */
  private void aim(Frame f) {
    int b = f.columns;
    double[] x = f.value(before);
    int[] chosen = f.chosen(output, features);
    for (int row = 0; row < features; row++) {
      int from = row / windows * positions * b;
      for (int j = 0; j < b; j++) {
        int position = chosen[row * b + j];
        boolean positive = !activated || x[from + position * b + j] > 0;
        int start =
            position / outputWidth * w.strideHeight() * line
                + position % outputWidth * w.strideWidth() * channels;
        chosen[row * b + j] = positive ? start : low == 0 ? DEAD : DEAD - 1 - start;
      }
    }
    spread(f, f.value(source), 0, f.map(output, 0, b * map));
  }

  private double slope(int chosen) {
    return chosen >= 0 ? 1 : chosen == DEAD ? 0 : low;
  }

  private static int start(int chosen) {
    return chosen >= 0 ? chosen : DEAD - 1 - chosen;
  }

  /** Lays a feature map of all samples out, sample by sample. */
  private void spread(Frame f, double[] x, int at, double[] into) {
    int b = f.columns;
    for (int y = 0; y < height; y++) {
      for (int p = 0; p < width; p++) {
        int to = (y + w.padTop()) * line + (p + w.padLeft()) * channels;
        for (int c = 0; c < channels; c++) {
          int from = at + ((c * height + y) * width + p) * b;
          for (int j = 0; j < b; j++) {
            into[j * map + to + c] = x[from + j];
          }
        }
      }
    }
  }

  /** Takes a map's entries back, or adds them to what is there. */
  private void gather(Frame f, double[] maps, double[] x, int at) {
    int b = f.columns;
    for (int y = 0; y < height; y++) {
      for (int p = 0; p < width; p++) {
        int from = (y + w.padTop()) * line + (p + w.padLeft()) * channels;
        for (int c = 0; c < channels; c++) {
          int to = at + ((c * height + y) * width + p) * b;
          if (accumulates) {
            for (int j = 0; j < b; j++) {
              x[to + j] += maps[j * map + from + c];
            }
          } else {
            for (int j = 0; j < b; j++) {
              x[to + j] = maps[j * map + from + c];
            }
          }
        }
      }
    }
  }

  /** Where the channels of a tap stand in a weight of that layout. */
  private int place(int s, int tap) {
    return (s * runs + tap / kernelWidth) * run + tap % kernelWidth * channels;
  }

  /** A weight in the layout of patches; the ends of runs stay 0. */
  private double[] weight(Frame f, int number, double[] from, int at) {
    double[] into = f.map(output, number, weights);
    for (int s = 0; s < d; s++) {
      for (int c = 0; c < channels; c++) {
        int read = at + s * m + c * taps;
        for (int t = 0; t < taps; t++) {
          into[place(s, t) + c] = from[read + t];
        }
      }
    }
    return into;
  }

  @Override
  void pushforward(Frame f) {
    int b = f.columns;
    boolean v = f.active[layer.weight()];
    boolean down = f.live[source];
    boolean bias = hasBias(f);
    int[] chosen = f.chosen(output, features);
    double[] x = f.map(output, 0, b * map);
    double[] dx = down ? f.map(output, 1, b * map) : null;
    double[] theta = down ? weight(f, 3, f.theta, weightOffset) : null;
    double[] dy = f.tangent(output);
    for (int i = 0; i < f.block; i++) {
      double[] direction =
          v ? weight(f, 4, f.directions, f.block * weightOffset + i * d * m) : null;
      if (down) {
        spread(f, f.tangent(source), i * inputFeatures * b, dx);
      }
      for (int s = 0; s < d; s++) {
        double shift = bias ? f.directions[f.block * biasOffset + i * d + s] : 0;
        int row = s * runs * run;
        for (int q = s * windows; q < (s + 1) * windows; q++) {
          int to = (i * features + q) * b;
          for (int j = 0; j < b; j++) {
            int entry = chosen[q * b + j];
            double sum = shift;
            if (entry == DEAD) {
              dy[to + j] = 0;
              continue;
            }
            int at = j * map + start(entry);
            if (v) {
              sum += kernels.dot(runs, run, direction, row, run, x, at, line);
            }
            if (down) {
              sum += kernels.dot(runs, run, theta, row, run, dx, at, line);
            }
            dy[to + j] = slope(entry) * sum;
          }
        }
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    pull(f, adjoint, false, sums);
  }

  @Override
  void pullbackProduct(Frame f) {
    pull(f, false, true, f.sums);
  }

  /**
   * Cotangents of the output, sample by sample and times the slopes: they may stand where the
   * input's will.
   */
  private double[] weighted(Frame f, int number, double[] g, int k) {
    int b = f.columns;
    int[] chosen = f.chosen(output, features);
    double[] into = f.map(output, number, k * features * b);
    for (int i = 0; i < k; i++) {
      for (int row = 0; row < features; row++) {
        int from = (i * features + row) * b;
        for (int j = 0; j < b; j++) {
          into[(i * b + j) * features + row] = slope(chosen[row * b + j]) * g[from + j];
        }
      }
    }
    return into;
  }

  private void pull(Frame f, boolean adjoint, boolean product, double[] sums) {
    int b = f.columns;
    int k = block(f, adjoint);
    boolean down = f.live[source];
    boolean active = f.active[layer.weight()];
    boolean weight = sums != null && active;
    boolean second = product && down && active;
    boolean again = product && down && !f.replay;
    double[] g = weighted(f, 6, cotangent(f, adjoint, output), k);
    double[] value = product && down ? weighted(f, 7, f.adjoint(output), 1) : null;
    double[] x = f.map(output, 0, b * map);
    double[] dx = second ? f.map(output, 1, b * map) : null;
    double[] gx = down ? f.map(output, 2, b * map) : null;
    double[] theta = down ? weight(f, 3, f.theta, weightOffset) : null;
    double[] sum = weight ? f.map(output, 5, weights) : null;
    for (int i = 0; i < k; i++) {
      double[] direction = null;
      if (second) {
        direction = weight(f, 4, f.directions, k * weightOffset + i * d * m);
        if (k > 1) {
          spread(f, f.tangent(source), i * inputFeatures * b, dx);
        }
      }
      if (down) {
        Arrays.fill(gx, 0, b * map, 0);
        for (int j = 0; j < b; j++) {
          pullInput(f, j, g, (i * b + j) * features, theta, second ? value : null, direction, gx);
        }
        gather(f, gx, cotangent(f, adjoint, source), i * inputFeatures * b);
      }
      if (weight) {
        Arrays.fill(sum, 0, weights, 0);
        for (int j = 0; j < b; j++) {
          addWeights(f, j, g, (i * b + j) * features, x, second ? value : null, dx, sum);
        }
        addTo(sums, k * weightOffset + i * d * m, sum);
      }
      if (sums != null && hasBias(f)) {
        addBiases(f, g, i, sums, k * biasOffset + i * d);
      }
    }
    if (again) {
      Arrays.fill(gx, 0, b * map, 0);
      for (int j = 0; j < b; j++) {
        pullInput(f, j, value, j * features, theta, null, null, gx);
      }
      gather(f, gx, f.adjoint(source), 0);
    }
  }

  /** gx += g_{s,q} W_s + h_{s,q} V_s at every patch of sample j. */
  private void pullInput(
      Frame f, int j, double[] g, int at, double[] theta, double[] h, double[] v, double[] gx) {
    int b = f.columns;
    int[] chosen = f.chosen(output, features);
    for (int q = 0; q < features; q++) {
      int entry = chosen[q * b + j];
      if (entry == DEAD) {
        continue;
      }
      int row = q / windows * runs * run;
      int to = j * map + start(entry);
      if (h == null) {
        kernels.add(runs, run, g[at + q], theta, row, run, gx, to, line);
      } else {
        kernels.add(
            runs, run, g[at + q], theta, row, run, h[j * features + q], v, row, run, gx, to, line);
      }
    }
  }

  /** sum_s += g_{s,q} φ + h_{s,q} dφ of every patch of sample j. */
  private void addWeights(
      Frame f, int j, double[] g, int at, double[] x, double[] h, double[] dx, double[] sum) {
    int b = f.columns;
    int[] chosen = f.chosen(output, features);
    for (int q = 0; q < features; q++) {
      int entry = chosen[q * b + j];
      if (entry == DEAD) {
        continue;
      }
      int row = q / windows * runs * run;
      int from = j * map + start(entry);
      if (h == null) {
        kernels.add(runs, run, g[at + q], x, from, line, sum, row, run);
      } else {
        kernels.add(
            runs,
            run,
            g[at + q],
            x,
            from,
            line,
            h[j * features + q],
            dx,
            from,
            line,
            sum,
            row,
            run);
      }
    }
  }

  private void addTo(double[] sums, int at, double[] sum) {
    for (int s = 0; s < d; s++) {
      for (int c = 0; c < channels; c++) {
        int to = at + s * m + c * taps;
        for (int t = 0; t < taps; t++) {
          sums[to + t] += sum[place(s, t) + c];
        }
      }
    }
  }

  private void addBiases(Frame f, double[] g, int i, double[] sums, int at) {
    int b = f.columns;
    for (int s = 0; s < d; s++) {
      /*64*/ double sum = 0;
      for (int j = 0; j < b; j++) {
        sum += PlainLoops.sum(g, (i * b + j) * features + s * windows, windows);
      }
      sums[at + s] += (double) sum;
    }
  }
}
