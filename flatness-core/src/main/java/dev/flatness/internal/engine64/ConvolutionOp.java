package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Two-dimensional convolution: the patches of some output rows at a time, then matrix products per
 * group.
 *
 * <p>A tile's patches stay in the second-level cache while every product that needs them is made.
 */
class ConvolutionOp extends WeightOp {
  /** Patches are made in tiles of about this many entries. */
  static final int TILE = 1 << 16;

  /** More input positions than this share of output positions, and the adjoint scatters. */
  private static final /*64*/ double MOST_GROWTH = 1.3;

  final Patches patches;
  final int groups;
  final int positions;

  /** The patches of the output that make the adjoint a convolution; null where it scatters. */
  private final Patches adjoint;

  private final Rows arithmetic;

  /** Of the input, of all groups. */
  private final int channels;

  ConvolutionOp(Network network, Node node, StorageLayout layout, Kernels kernels) {
    super(network, node, layout, kernels);
    Layer.Convolution layer = (Layer.Convolution) node.layer();
    this.patches = new Patches(network.node(node.input()).shape(), node.shape(), layer.window());
    this.arithmetic = new Rows(kernels);
    this.groups = layer.groups();
    this.positions = node.shape().positions();
    Shape in = network.node(node.input()).shape();
    this.channels = in.extent(0);
    boolean gathers = groups == 1 && in.positions() <= MOST_GROWTH * positions;
    this.adjoint = gathers ? Patches.adjoint(in, node.shape(), layer.window()) : null;
  }

  @Override
  int positions() {
    return positions;
  }

  /** Numbers a sample of the patches of one row, of the output or of the input. */
  long rowOfPatches() {
    long row = (long) patches.rows() * patches.outputWidth();
    return adjoint == null ? row : Math.max(row, (long) adjoint.rows() * adjoint.outputWidth());
  }

  /** Numbers of all patches of one sample. */
  long allPatches() {
    return (long) patches.rows() * positions;
  }

  /** Some output rows of all samples. */
  private final class Tile {
    private final Frame f;
    private final int row;
    private final int rows;

    /** Columns of the tile, and of the whole output. */
    private final int columns;

    private final int whole;

    /** The tile's first column in the whole output. */
    private final int at;

    private final Patches patches;
    private final double[] buffer;

    /**
     * The patches in use: a matrix of the buffer, or of the feature map where the patches are the
     * map itself.
     */
    private double[] phi;

    private int phiAt;
    private int ld;

    Tile(Patches patches, Frame f, int row, int rows) {
      this.patches = patches;
      this.f = f;
      this.row = row;
      this.rows = rows;
      this.columns = rows * patches.outputWidth() * f.columns;
      this.whole = patches.outputHeight() * patches.outputWidth() * f.columns;
      this.at = row * patches.outputWidth() * f.columns;
      this.buffer = patches.identity() ? null : f.scratch(1, patches.rows() * columns);
    }

    private void use(double[] map, int mapAt) {
      phi = buffer == null ? map : buffer;
      phiAt = buffer == null ? mapAt + at : 0;
      ld = buffer == null ? whole : columns;
    }

    /** Makes the patches of a feature map. */
    void gather(double[] x, int xAt) {
      use(x, xAt);
      if (buffer != null) {
        patches.gather(x, xAt, buffer, row, rows, f.columns);
      }
    }

    /** y_i = w_i · patches + beta · y_i for k weights that stand one after the other. */
    void multiply(double[] w, int wAt, int k, double beta, double[] y, int yAt) {
      int dg = d / groups;
      if (groups == 1) {
        kernels.multiply(
            false, false, k * d, columns, m, 1, w, wAt, m, phi, phiAt, ld, beta, y, yAt + at,
            whole);
        return;
      }
      for (int i = 0; i < k * groups; i++) {
        int q = phiAt + i % groups * m * ld;
        int to = yAt + i * dg * whole + at;
        kernels.multiply(
            false,
            false,
            dg,
            columns,
            m,
            1,
            w,
            wAt + i * dg * m,
            m,
            phi,
            q,
            ld,
            beta,
            y,
            to,
            whole);
      }
    }

    /** gx_i = w_i · patches + beta · gx_i for k adjoint weights. */
    void pullGathered(double[] w, int k, double beta, double[] gx, int gxAt) {
      int depth = patches.rows();
      kernels.multiply(
          false,
          false,
          k * channels,
          columns,
          depth,
          1,
          w,
          0,
          depth,
          phi,
          phiAt,
          ld,
          beta,
          gx,
          gxAt + at,
          whole);
    }

    /** gx += Σ_j of the patches' adjoint of w_jᵀ · g_j for one or two pairs. */
    void pull(
        double[] w,
        int wAt,
        double[] g,
        int gAt,
        double[] v,
        int vAt,
        double[] h,
        double[] gx,
        int gxAt) {
      use(gx, gxAt);
      int dg = d / groups;
      double beta = buffer == null ? 1 : 0;
      for (int q = 0; q < groups; q++) {
        int to = phiAt + q * m * ld;
        int from = q * dg * whole + at;
        int weight = q * dg * m;
        kernels.multiply(
            true,
            false,
            m,
            columns,
            dg,
            1,
            w,
            wAt + weight,
            m,
            g,
            gAt + from,
            whole,
            beta,
            phi,
            to,
            ld);
        if (v != null) {
          kernels.multiply(
              true, false, m, columns, dg, 1, v, vAt + weight, m, h, from, whole, 1, phi, to, ld);
        }
      }
      if (buffer != null) {
        patches.scatter(arithmetic, buffer, gx, gxAt, row, rows, f.columns);
      }
    }

    /** into_i += g_i · patchesᵀ for k cotangents of the output. */
    void gradient(double[] g, int gAt, int k, double[] into, int intoAt) {
      int dg = d / groups;
      if (groups == 1) {
        kernels.multiply(
            false, true, k * d, m, columns, 1, g, gAt + at, whole, phi, phiAt, ld, 1, into, intoAt,
            m);
        return;
      }
      for (int i = 0; i < k * groups; i++) {
        int from = gAt + i * dg * whole + at;
        int q = phiAt + i % groups * m * ld;
        int to = intoAt + i * dg * m;
        kernels.multiply(
            false, true, dg, m, columns, 1, g, from, whole, phi, q, ld, 1, into, to, m);
      }
    }
  }

  private void tiles(Frame f, Consumer<Tile> work) {
    tiles(patches, f, work);
  }

  private void tiles(Patches of, Frame f, Consumer<Tile> work) {
    int step = rowsPerTile(of, of.rows(), f.columns);
    for (int row = 0; row < of.outputHeight(); row += step) {
      work.accept(new Tile(of, f, row, Math.min(step, of.outputHeight() - row)));
    }
  }

  @Override
  void applyWeight(Frame f, double[] v, int offset, double[] y) {
    tiles(
        f,
        tile -> {
          tile.gather(f.value(input), 0);
          tile.multiply(v, offset, 1, 0, y, 0);
        });
  }

  @Override
  void addWeightGradient(Frame f, double[] y, double[] sums) {
    tiles(
        f,
        tile -> {
          tile.gather(f.value(input), 0);
          tile.gradient(y, 0, 1, sums, weightOffset);
        });
  }

  @Override
  void forward(Frame f) {
    applyWeight(f, f.theta, weightOffset, f.value(output));
    if (biasOffset >= 0) {
      addBias(f.value(output), 0, f.theta, biasOffset, f.columns, positions);
    }
  }

  @Override
  void pushforward(Frame f) {
    int n = positions * f.columns;
    double[] dy = f.tangent(output);
    boolean v = f.active[node.weight()];
    if (!v && !f.live[input]) {
      Arrays.fill(dy, 0, f.block * d * n, 0);
    }
    tiles(
        f,
        tile -> {
          if (v) {
            tile.gather(f.value(input), 0);
            tile.multiply(f.directions, f.block * weightOffset, f.block, 0, dy, 0);
          }
          for (int i = 0; i < f.block && f.live[input]; i++) {
            tile.gather(f.tangent(input), i * inputFeatures * f.columns);
            tile.multiply(f.theta, weightOffset, 1, v ? 1 : 0, dy, i * d * n);
          }
        });
    for (int i = 0; i < f.block && hasBias(f); i++) {
      addBias(dy, i * d * n, f.directions, f.block * biasOffset + i * d, f.columns, positions);
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    pull(f, adjoint, false, sums);
  }

  /** The three of a Hessian product at once: patches and their adjoints are shared. */
  @Override
  void pullbackProduct(Frame f) {
    pull(f, false, true, f.sums);
  }

  void pull(Frame f, boolean adjoint, boolean product, double[] sums) {
    int k = block(f, adjoint);
    int n = positions * f.columns;
    int in = inputFeatures * f.columns;
    double[] g = cotangent(f, adjoint, output);
    boolean down = f.live[input];
    boolean weight = sums != null && f.active[node.weight()];
    // With the product rule: the weight's own direction pulls the value's cotangent, and the
    // tangents meet it.
    boolean second = product && down && f.active[node.weight()];
    double[] value = product && down ? f.adjoint(output) : null;
    double[] gx = down ? cotangent(f, adjoint, input) : null;
    boolean scatters = down && this.adjoint == null;
    if (down && !scatters) {
      pullGathered(f, g, k, value, second, gx);
    }
    if (scatters && !accumulate) {
      Arrays.fill(gx, 0, k * in, 0);
      if (product && !f.replay) {
        Arrays.fill(f.adjoint(input), 0, in, 0);
      }
    }
    int first = k * weightOffset;
    tiles(
        f,
        tile -> {
          for (int i = 0; i < k && scatters; i++) {
            double[] v = second ? f.directions : null;
            tile.pull(f.theta, weightOffset, g, i * d * n, v, first + i * d * m, value, gx, i * in);
          }
          if (scatters && value != null && !f.replay) {
            tile.pull(f.theta, weightOffset, value, 0, null, 0, null, f.adjoint(input), 0);
          }
          if (weight) {
            tile.gather(f.value(input), 0);
            tile.gradient(g, 0, k, sums, first);
          }
          for (int i = 0; i < k && second; i++) {
            tile.gather(f.tangent(input), i * in);
            tile.gradient(value, 0, 1, sums, first + i * d * m);
          }
        });
    if (sums != null && hasBias(f)) {
      sumRows(g, sums, k, f.columns, positions);
    }
  }

  @Override
  int groups() {
    return groups;
  }

  @Override
  int taps() {
    return patches.taps();
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    startSparse(f, v, f.tangent(output), positions * f.columns);
    /*64*/ double form = 0;
    for (int group = 0; group < groups; group++) {
      WeightPart part = v.part(output, group);
      if (part != null) {
        form += pushDirection(f, v, part);
      }
      pushTangent(f, v, group);
    }
    return form;
  }

  /** The weight's own direction on the value, and ⟨g, 2 V ẋ⟩. */
  private /*64*/ double pushDirection(Frame f, SparseDirection v, WeightPart part) {
    int whole = positions * f.columns;
    int rows = part.rows();
    int width = part.width;
    boolean meets = part.meets(v, input);
    double[] dy = f.tangent(output);
    double[] g = meets ? f.adjoint(output) : null;
    /*64*/ double form = 0;
    int step = rowsPerTile(patches, width, f.columns);
    for (int row = 0; row < patches.outputHeight(); row += step) {
      int lines = Math.min(step, patches.outputHeight() - row);
      int columns = lines * patches.outputWidth() * f.columns;
      int at = row * patches.outputWidth() * f.columns;
      double[] phi = f.scratch(1, width * columns);
      patches.gather(f.value(input), part.channels, null, phi, row, lines, f.columns);
      kernels.multiply(
          false,
          false,
          rows,
          columns,
          width,
          1,
          part.entries,
          0,
          width,
          phi,
          0,
          columns,
          1,
          dy,
          part.from * whole + at,
          whole);
      if (meets) {
        patches.gather(
            f.tangent(input),
            part.channels,
            channel -> v.reaches(input, channel),
            phi,
            row,
            lines,
            f.columns);
        double[] image = f.scratch(2, rows * columns);
        kernels.multiply(
            false,
            false,
            rows,
            columns,
            width,
            1,
            part.entries,
            0,
            width,
            phi,
            0,
            columns,
            0,
            image,
            0,
            columns);
        for (int s = 0; s < rows; s++) {
          form += 2 * Rows.dot(g, (part.from + s) * whole + at, image, s * columns, columns);
        }
      }
    }
    return form;
  }

  /** The weight on the input's tangent. */
  private void pushTangent(Frame f, SparseDirection v, int group) {
    int perGroup = m / patches.taps();
    int[] reached =
        Arrays.stream(v.units(input)).filter(channel -> channel / perGroup == group).toArray();
    if (reached.length == 0) {
      return;
    }
    int whole = positions * f.columns;
    int dg = d / groups;
    int width = reached.length * patches.taps();
    double[] w = columnsOf(f.theta, group * dg, dg, reached, f.scratch(2, dg * width));
    int step = rowsPerTile(patches, width, f.columns);
    for (int row = 0; row < patches.outputHeight(); row += step) {
      int lines = Math.min(step, patches.outputHeight() - row);
      int columns = lines * patches.outputWidth() * f.columns;
      int at = row * patches.outputWidth() * f.columns;
      double[] phi = f.scratch(1, width * columns);
      patches.gather(f.tangent(input), reached, null, phi, row, lines, f.columns);
      kernels.multiply(
          false,
          false,
          dg,
          columns,
          width,
          1,
          w,
          0,
          width,
          phi,
          0,
          columns,
          1,
          f.tangent(output),
          group * dg * whole + at,
          whole);
    }
  }

  private static int rowsPerTile(Patches of, int patchRows, int samples) {
    long perRow = (long) patchRows * of.outputWidth() * samples;
    return (int) Math.max(1, Math.min(of.outputHeight(), TILE / perRow));
  }

  /**
   * The pullback to the input as a convolution of the cotangents with the mirrored weight, where no
   * stride leaves holes: patches are gathered, which is copying, instead of scattered, which is
   * adding.
   */
  private void pullGathered(
      Frame f, double[] g, int k, double[] value, boolean second, double[] gx) {
    int n = positions * f.columns;
    int in = inputFeatures * f.columns;
    double beta = accumulate ? 1 : 0;
    double[] w = f.scratch(2, d * m);
    mirror(f.theta, weightOffset, w, 0);
    double[] v = second ? f.scratch(3, k * d * m) : null;
    for (int i = 0; i < k && second; i++) {
      mirror(f.directions, k * weightOffset + i * d * m, v, i * d * m);
    }
    tiles(
        adjoint,
        f,
        tile -> {
          for (int i = 0; i < k; i++) {
            tile.gather(g, i * d * n);
            tile.pullGathered(w, 1, beta, gx, i * in);
          }
          boolean again = value != null && !f.replay;
          if (second || again) {
            tile.gather(value, 0);
          }
          if (second) {
            tile.pullGathered(v, k, 1, gx, 0);
          }
          if (again) {
            tile.pullGathered(w, 1, beta, f.adjoint(input), 0);
          }
        });
  }

  /** to[c, s, τ] = from[s, c, last − τ]. */
  private void mirror(double[] from, int fromAt, double[] to, int toAt) {
    int taps = m / channels;
    for (int s = 0; s < d; s++) {
      for (int c = 0; c < channels; c++) {
        int source = fromAt + (s * channels + c) * taps + taps - 1;
        int target = toAt + (c * d + s) * taps;
        for (int t = 0; t < taps; t++) {
          to[target + t] = from[source - t];
        }
      }
    }
  }
}
