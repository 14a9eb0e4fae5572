package dev.flatness.internal.engine64;

import dev.flatness.internal.kernels.FilterTransform;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * The transforms of Winograd's minimal filtering F(4×4, 3×3): y = Aᵀ[(G w Gᵀ) ∘ (Bᵀ x B)]A for each
 * 4 × 4 tile of the output, 36 products where a convolution has 144; and their adjoints.
 *
 * <p>Some tiles at a time. Transformed maps are 36 matrices [channels × (tiles · samples)], one a
 * frequency. Columns are transformed on whole lines of the map, rows tile by tile on the samples.
 * Source: Lavin and Gray 2016, §4.
 */
final class Winograd {
  /** Outputs along a side of a tile, its inputs, and its frequencies. */
  static final int TILE = 4;

  static final int POINTS = 6;
  static final int FREQUENCIES = POINTS * POINTS;

  private static final int TAPS = 9;

  private final Kernels kernels;
  private final Rows rows;
  private final int height;
  private final int width;
  private final int outputHeight;
  private final int outputWidth;
  private final int padTop;
  private final int padLeft;

  Winograd(Shape in, Shape out, Window window, Kernels kernels) {
    this.kernels = kernels;
    this.rows = new Rows(kernels);
    this.height = in.extent(1);
    this.width = in.extent(2);
    this.outputHeight = out.extent(1);
    this.outputWidth = out.extent(2);
    this.padTop = window.padTop();
    this.padLeft = window.padLeft();
  }

  /** Tiles {@code from} to {@code to} of a number of rows of tiles, over a number of samples. */
  record Segment(int row, int rows, int from, int to, int samples) {
    /** Columns of one row of tiles in a transformed map. */
    int line() {
      return (to - from) * samples;
    }

    /** Columns of a transformed map. */
    int columns() {
      return rows * line();
    }

    /** Numbers of an input line that the tiles read. */
    private int inputLine() {
      return line() * TILE + (POINTS - TILE) * samples;
    }
  }

  int tileRows() {
    return (outputHeight + TILE - 1) / TILE;
  }

  int tileColumns() {
    return (outputWidth + TILE - 1) / TILE;
  }

  /** Numbers that the transforms of a segment need beside the maps. */
  static int work(Segment s) {
    return 2 * POINTS * s.inputLine();
  }

  /** The columns of the input that a segment meets, and where they stand in its lines. */
  private record Span(int first, int count, int at) {}

  private Span span(Segment s) {
    int left = TILE * s.from() - padLeft;
    int first = Math.min(width, Math.max(0, left));
    int end = Math.min(width, left + TILE * (s.to() - s.from()) + POINTS - TILE);
    return new Span(first, Math.max(0, end - first), Math.max(0, first - left));
  }

  /** into[ξ, c, ·] = Bᵀ x B. */
  void input(double[] x, int xAt, int channels, Segment s, double[] into, double[] work) {
    int b = s.samples();
    int line = s.inputLine();
    int n = s.columns();
    Span span = span(s);
    int run = span.count() * b;
    int border = POINTS * line;
    Arrays.fill(work, 0, border, 0);
    for (int r = 0; r < s.rows(); r++) {
      int top = TILE * (s.row() + r) - padTop;
      boolean inside = top >= 0 && top + POINTS <= height;
      for (int c = 0; c < channels; c++) {
        int map = xAt + (c * height * width + span.first()) * b;
        double[] from = inside ? x : work;
        int at = inside ? map + top * width * b : border;
        int ld = inside ? width * b : line;
        if (!inside) {
          take(x, map, top, run, b, work, border, line);
        }
        kernels.transform(
            FilterTransform.INPUT, 1, run, from, at, ld, 0, work, span.at() * b, line, 0);
        for (int a = 0; a < POINTS; a++) {
          int to = at(POINTS * a, c, channels, n) + r * s.line();
          kernels.transform(
              FilterTransform.INPUT,
              s.to() - s.from(),
              b,
              work,
              a * line,
              b,
              TILE * b,
              into,
              to,
              channels * n,
              b);
        }
      }
    }
  }

  /** Six lines of the input, with zeros where it ends. */
  private void take(
      double[] x, int map, int top, int run, int b, double[] work, int border, int line) {
    for (int r = 0; r < POINTS; r++) {
      int y = top + r;
      int to = border + r * line;
      if (y >= 0 && y < height) {
        System.arraycopy(x, map + y * width * b, work, to, run);
      } else {
        Arrays.fill(work, to, to + run, 0);
      }
    }
  }

  /** x += the adjoint of {@link #input}. */
  void inputAdjoint(double[] from, double[] x, int xAt, int channels, Segment s, double[] work) {
    int b = s.samples();
    int line = s.inputLine();
    int n = s.columns();
    Span span = span(s);
    int run = span.count() * b;
    int border = POINTS * line;
    for (int r = 0; r < s.rows(); r++) {
      int top = TILE * (s.row() + r) - padTop;
      boolean inside = top >= 0 && top + POINTS <= height;
      for (int c = 0; c < channels; c++) {
        Arrays.fill(work, 0, border, 0);
        for (int a = 0; a < POINTS; a++) {
          int u = at(POINTS * a, c, channels, n) + r * s.line();
          kernels.transform(
              FilterTransform.INPUT_ADJOINT,
              s.to() - s.from(),
              b,
              from,
              u,
              channels * n,
              b,
              work,
              a * line,
              b,
              TILE * b);
        }
        int map = xAt + (c * height * width + span.first()) * b;
        int lines = span.at() * b;
        if (inside) {
          int to = map + top * width * b;
          kernels.transform(
              FilterTransform.INPUT_ADJOINT, 1, run, work, lines, line, 0, x, to, width * b, 0);
        } else {
          Arrays.fill(work, border, border + POINTS * line, 0);
          kernels.transform(
              FilterTransform.INPUT_ADJOINT, 1, run, work, lines, line, 0, work, border, line, 0);
          give(work, border, line, run, b, x, map, top);
        }
      }
    }
  }

  /** Adds those of six lines that the input has. */
  private void give(
      double[] work, int border, int line, int run, int b, double[] x, int map, int top) {
    for (int r = 0; r < POINTS; r++) {
      int y = top + r;
      if (y >= 0 && y < height) {
        rows.add(work, border + r * line, x, map + y * width * b, run);
      }
    }
  }

  /** Tiles of a segment that lie in the output as a whole. */
  private int wholeTiles(Segment s) {
    return Math.min(s.to(), outputWidth / TILE) - s.from();
  }

  /** Columns of the output in the segment's last tile, where it is cut off. */
  private int cut(Segment s) {
    return s.to() * TILE > outputWidth ? outputWidth % TILE : 0;
  }

  /** y = Aᵀ from A. */
  void output(double[] from, double[] y, int yAt, int channels, Segment s, double[] work) {
    int b = s.samples();
    int line = s.line();
    int n = s.columns();
    int whole = wholeTiles(s);
    int cut = cut(s);
    int border = TILE * POINTS * line;
    for (int r = 0; r < s.rows(); r++) {
      int top = TILE * (s.row() + r);
      for (int c = 0; c < channels; c++) {
        int u = at(0, c, channels, n) + r * line;
        kernels.transform(
            FilterTransform.OUTPUT,
            POINTS,
            line,
            from,
            u,
            POINTS * channels * n,
            channels * n,
            work,
            0,
            POINTS * line,
            line);
        for (int t = 0; t < TILE && top + t < outputHeight; t++) {
          int row = t * POINTS * line;
          int to = yAt + (c * outputHeight * outputWidth + (top + t) * outputWidth) * b;
          to += TILE * s.from() * b;
          kernels.transform(
              FilterTransform.OUTPUT, whole, b, work, row, line, b, y, to, b, TILE * b);
          if (cut > 0) {
            int last = row + whole * b;
            kernels.transform(
                FilterTransform.OUTPUT, 1, b, work, last, line, 0, work, border, b, 0);
            System.arraycopy(work, border, y, to + whole * TILE * b, cut * b);
          }
        }
      }
    }
  }

  /** into[ξ, c, ·] = A g Aᵀ, the adjoint of {@link #output}. */
  void outputAdjoint(double[] g, int gAt, int channels, Segment s, double[] into, double[] work) {
    int b = s.samples();
    int line = s.line();
    int n = s.columns();
    int whole = wholeTiles(s);
    int cut = cut(s);
    int border = TILE * POINTS * line;
    Arrays.fill(work, border, border + TILE * b, 0);
    for (int r = 0; r < s.rows(); r++) {
      int top = TILE * (s.row() + r);
      for (int c = 0; c < channels; c++) {
        for (int t = 0; t < TILE; t++) {
          int row = t * POINTS * line;
          if (top + t >= outputHeight) {
            Arrays.fill(work, row, row + POINTS * line, 0);
            continue;
          }
          int at = gAt + (c * outputHeight * outputWidth + (top + t) * outputWidth) * b;
          at += TILE * s.from() * b;
          kernels.transform(
              FilterTransform.OUTPUT_ADJOINT, whole, b, g, at, b, TILE * b, work, row, line, b);
          if (cut > 0) {
            System.arraycopy(g, at + whole * TILE * b, work, border, cut * b);
            int last = row + whole * b;
            kernels.transform(
                FilterTransform.OUTPUT_ADJOINT, 1, b, work, border, b, 0, work, last, line, 0);
          }
        }
        kernels.transform(
            FilterTransform.OUTPUT_ADJOINT,
            POINTS,
            line,
            work,
            0,
            POINTS * line,
            line,
            into,
            at(0, c, channels, n) + r * line,
            POINTS * channels * n,
            channels * n);
      }
    }
  }

  /** Numbers that the transforms of a number of filters need beside the weights. */
  static int weightWork(int filters) {
    return (TAPS + 3 * POINTS) * filters;
  }

  /** into[ξ, s, c] = G w Gᵀ for a number of filters of nine taps. */
  void weight(double[] w, int wAt, int filters, double[] into, int intoAt, double[] work) {
    for (int k = 0; k < filters; k++) {
      for (int t = 0; t < TAPS; t++) {
        work[t * filters + k] = w[wAt + TAPS * k + t];
      }
    }
    int half = TAPS * filters;
    int row = 3 * filters;
    kernels.transform(
        FilterTransform.WEIGHT, 3, filters, work, 0, row, filters, work, half, row, filters);
    kernels.transform(
        FilterTransform.WEIGHT,
        POINTS,
        filters,
        work,
        half,
        filters,
        row,
        into,
        intoAt,
        filters,
        POINTS * filters);
  }

  /** sums += Gᵀ from G, the adjoint of {@link #weight}. */
  void weightAdjoint(
      double[] from, int fromAt, int filters, double[] sums, int sumsAt, double[] work) {
    int half = TAPS * filters;
    int row = 3 * filters;
    kernels.transform(
        FilterTransform.WEIGHT_ADJOINT,
        POINTS,
        filters,
        from,
        fromAt,
        filters,
        POINTS * filters,
        work,
        half,
        filters,
        row);
    kernels.transform(
        FilterTransform.WEIGHT_ADJOINT,
        3,
        filters,
        work,
        half,
        row,
        filters,
        work,
        0,
        row,
        filters);
    for (int k = 0; k < filters; k++) {
      for (int t = 0; t < TAPS; t++) {
        sums[sumsAt + TAPS * k + t] += work[t * filters + k];
      }
    }
  }

  private static int at(int frequency, int channel, int channels, int columns) {
    return (frequency * channels + channel) * columns;
  }
}
