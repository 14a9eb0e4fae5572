package dev.flatness.internal.engine64;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * The transforms of Winograd's minimal filtering F(2×2, 3×3): y = Aᵀ[(G w Gᵀ) ∘ (Bᵀ x B)]A for each
 * 2 × 2 tile of the output, 16 products where a convolution has 36; and their adjoints.
 *
 * <p>Some tiles of one row at a time. Transformed maps are 16 matrices [channels × (tiles ·
 * samples)], one a frequency. Even and odd columns are taken apart first, so that every step is
 * arithmetic on runs of tiles · samples numbers. Source: Lavin and Gray 2016, §4.1.
 */
final class Winograd {
  static final int FREQUENCIES = 16;

  private final int height;
  private final int width;
  private final int outputHeight;
  private final int outputWidth;
  private final int padTop;
  private final int padLeft;

  Winograd(Shape in, Shape out, Window window) {
    this.height = in.extent(1);
    this.width = in.extent(2);
    this.outputHeight = out.extent(1);
    this.outputWidth = out.extent(2);
    this.padTop = window.padTop();
    this.padLeft = window.padLeft();
  }

  /** Tiles {@code from} to {@code to} of a row of tiles, over so many samples. */
  record Segment(int row, int from, int to, int samples) {
    /** Columns of a transformed map. */
    int columns() {
      return (to - from) * samples;
    }
  }

  int tileRows() {
    return (outputHeight + 1) / 2;
  }

  int tileColumns() {
    return (outputWidth + 1) / 2;
  }

  /** Numbers that the transforms of a segment need beside the maps. */
  static int work(Segment s) {
    return 16 * (s.columns() + s.samples());
  }

  /** into[ξ, c, ·] = Bᵀ x B. */
  void input(double[] x, int xAt, int channels, Segment s, double[] into, double[] work) {
    int b = s.samples();
    int n = s.columns();
    int half = n + b;
    int rows = 8 * half;
    for (int c = 0; c < channels; c++) {
      for (int r = 0; r < 4; r++) {
        split(x, xAt + c * height * width * b, r, s, work, 2 * r * half);
      }
      for (int side = 0; side < 2; side++) {
        int r0 = side * half;
        int r1 = r0 + 2 * half;
        int r2 = r1 + 2 * half;
        int r3 = r2 + 2 * half;
        minus(work, r0, work, r2, work, rows + r0, half);
        plus(work, r1, work, r2, work, rows + r1, half);
        minus(work, r2, work, r1, work, rows + r2, half);
        minus(work, r1, work, r3, work, rows + r3, half);
      }
      for (int a = 0; a < 4; a++) {
        int even = rows + 2 * a * half;
        int odd = even + half;
        minus(work, even, work, even + b, into, at(4 * a, c, channels, n), n);
        plus(work, odd, work, even + b, into, at(4 * a + 1, c, channels, n), n);
        minus(work, even + b, work, odd, into, at(4 * a + 2, c, channels, n), n);
        minus(work, odd, work, odd + b, into, at(4 * a + 3, c, channels, n), n);
      }
    }
  }

  /** x += the adjoint of {@link #input}. */
  void inputAdjoint(double[] from, double[] x, int xAt, int channels, Segment s, double[] work) {
    int b = s.samples();
    int n = s.columns();
    int half = n + b;
    int rows = 8 * half;
    for (int c = 0; c < channels; c++) {
      for (int a = 0; a < 4; a++) {
        int even = rows + 2 * a * half;
        int odd = even + half;
        int u0 = at(4 * a, c, channels, n);
        int u1 = at(4 * a + 1, c, channels, n);
        int u2 = at(4 * a + 2, c, channels, n);
        int u3 = at(4 * a + 3, c, channels, n);
        System.arraycopy(from, u0, work, even, n);
        Arrays.fill(work, even + n, even + half, 0);
        addTwoLess(from, u1, u2, u0, work, even + b, n);
        twoLess(from, u1, u3, u2, work, odd, n);
        Arrays.fill(work, odd + n, odd + half, 0);
        subtract(from, u3, work, odd + b, n);
      }
      for (int side = 0; side < 2; side++) {
        int t0 = rows + side * half;
        int t1 = t0 + 2 * half;
        int t2 = t1 + 2 * half;
        int t3 = t2 + 2 * half;
        int r0 = side * half;
        System.arraycopy(work, t0, work, r0, half);
        twoLess(work, t1, t3, t2, work, r0 + 2 * half, half);
        twoLess(work, t1, t2, t0, work, r0 + 4 * half, half);
        negate(work, t3, work, r0 + 6 * half, half);
      }
      for (int r = 0; r < 4; r++) {
        join(work, 2 * r * half, x, xAt + c * height * width * b, r, s);
      }
    }
  }

  /** y = Aᵀ from A. */
  void output(double[] from, double[] y, int yAt, int channels, Segment s, double[] work) {
    int b = s.samples();
    int n = s.columns();
    for (int c = 0; c < channels; c++) {
      for (int a = 0; a < 4; a++) {
        int m0 = at(4 * a, c, channels, n);
        int m1 = at(4 * a + 1, c, channels, n);
        int m2 = at(4 * a + 2, c, channels, n);
        int m3 = at(4 * a + 3, c, channels, n);
        sumOfThree(from, m0, m1, m2, work, 2 * a * n, n);
        lessTwo(from, m1, m2, m3, work, (2 * a + 1) * n, n);
      }
      for (int side = 0; side < 2; side++) {
        int q = side * n;
        sumOfThree(work, q, q + 2 * n, q + 4 * n, work, 8 * n + q, n);
        lessTwo(work, q + 2 * n, q + 4 * n, q + 6 * n, work, 10 * n + q, n);
      }
      int map = yAt + c * outputHeight * outputWidth * b;
      for (int r = 0; r < 2 && 2 * s.row() + r < outputHeight; r++) {
        int line = map + (2 * s.row() + r) * outputWidth * b;
        for (int j = s.from(); j < s.to(); j++) {
          int tile = (8 + 2 * r) * n + (j - s.from()) * b;
          System.arraycopy(work, tile, y, line + 2 * j * b, b);
          if (2 * j + 1 < outputWidth) {
            System.arraycopy(work, tile + n, y, line + (2 * j + 1) * b, b);
          }
        }
      }
    }
  }

  /** into[ξ, c, ·] = A g Aᵀ, the adjoint of {@link #output}. */
  void outputAdjoint(double[] g, int gAt, int channels, Segment s, double[] into, double[] work) {
    int b = s.samples();
    int n = s.columns();
    for (int c = 0; c < channels; c++) {
      int map = gAt + c * outputHeight * outputWidth * b;
      for (int r = 0; r < 2; r++) {
        int y = 2 * s.row() + r;
        int line = map + y * outputWidth * b;
        for (int j = s.from(); j < s.to(); j++) {
          int tile = 2 * r * n + (j - s.from()) * b;
          take(g, line + 2 * j * b, y < outputHeight, work, tile, b);
          take(
              g,
              line + (2 * j + 1) * b,
              y < outputHeight && 2 * j + 1 < outputWidth,
              work,
              tile + n,
              b);
        }
      }
      for (int side = 0; side < 2; side++) {
        int r0 = side * n;
        int r1 = r0 + 2 * n;
        System.arraycopy(work, r0, work, 4 * n + r0, n);
        plus(work, r0, work, r1, work, 6 * n + r0, n);
        minus(work, r0, work, r1, work, 8 * n + r0, n);
        negate(work, r1, work, 10 * n + r0, n);
      }
      for (int a = 0; a < 4; a++) {
        int even = (4 + 2 * a) * n;
        int odd = even + n;
        System.arraycopy(work, even, into, at(4 * a, c, channels, n), n);
        plus(work, even, work, odd, into, at(4 * a + 1, c, channels, n), n);
        minus(work, even, work, odd, into, at(4 * a + 2, c, channels, n), n);
        negate(work, odd, into, at(4 * a + 3, c, channels, n), n);
      }
    }
  }

  /** into[ξ, s, c] = G w Gᵀ for d × m kernels of nine taps. */
  static void weight(double[] w, int wAt, int d, int m, double[] into, int intoAt) {
    double[] column = new double[12];
    int kernels = d * m;
    for (int k = 0; k < kernels; k++) {
      int from = wAt + 9 * k;
      for (int t = 0; t < 3; t++) {
        double g0 = w[from + t];
        double g1 = w[from + 3 + t];
        double g2 = w[from + 6 + t];
        column[t] = g0;
        column[3 + t] = (double) (0.5 * (g0 + g1 + g2));
        column[6 + t] = (double) (0.5 * (g0 - g1 + g2));
        column[9 + t] = g2;
      }
      for (int a = 0; a < 4; a++) {
        double g0 = column[3 * a];
        double g1 = column[3 * a + 1];
        double g2 = column[3 * a + 2];
        int to = intoAt + 4 * a * kernels + k;
        into[to] = g0;
        into[to + kernels] = (double) (0.5 * (g0 + g1 + g2));
        into[to + 2 * kernels] = (double) (0.5 * (g0 - g1 + g2));
        into[to + 3 * kernels] = g2;
      }
    }
  }

  /** sums += Gᵀ from G, the adjoint of {@link #weight}. */
  static void weightAdjoint(double[] from, int fromAt, int d, int m, double[] sums, int sumsAt) {
    double[] column = new double[12];
    int kernels = d * m;
    for (int k = 0; k < kernels; k++) {
      for (int a = 0; a < 4; a++) {
        int at = fromAt + 4 * a * kernels + k;
        double u0 = from[at];
        double u1 = from[at + kernels];
        double u2 = from[at + 2 * kernels];
        double u3 = from[at + 3 * kernels];
        double half = (double) (0.5 * (u1 + u2));
        column[3 * a] = u0 + half;
        column[3 * a + 1] = (double) (0.5 * (u1 - u2));
        column[3 * a + 2] = half + u3;
      }
      int to = sumsAt + 9 * k;
      for (int t = 0; t < 3; t++) {
        double u0 = column[t];
        double u1 = column[3 + t];
        double u2 = column[6 + t];
        double u3 = column[9 + t];
        double half = (double) (0.5 * (u1 + u2));
        sums[to + t] += u0 + half;
        sums[to + 3 + t] += (double) (0.5 * (u1 - u2));
        sums[to + 6 + t] += half + u3;
      }
    }
  }

  private static int at(int frequency, int channel, int channels, int columns) {
    return (frequency * channels + channel) * columns;
  }

  /** Even and odd columns of an input row that a segment reads, one tile more than it has. */
  private void split(double[] x, int map, int r, Segment s, double[] work, int at) {
    int b = s.samples();
    int half = s.columns() + b;
    int y = 2 * s.row() - padTop + r;
    boolean inside = y >= 0 && y < height;
    for (int j = s.from(); j <= s.to(); j++) {
      int column = 2 * j - padLeft;
      int to = at + (j - s.from()) * b;
      int from = map + (y * width + column) * b;
      take(x, from, inside && column >= 0 && column < width, work, to, b);
      take(x, from + b, inside && column + 1 >= 0 && column + 1 < width, work, to + half, b);
    }
  }

  private static void take(double[] x, int from, boolean inside, double[] to, int at, int b) {
    if (inside) {
      System.arraycopy(x, from, to, at, b);
    } else {
      Arrays.fill(to, at, at + b, 0);
    }
  }

  /** Adds even and odd columns to an input row. */
  private void join(double[] work, int at, double[] x, int map, int r, Segment s) {
    int b = s.samples();
    int half = s.columns() + b;
    int y = 2 * s.row() - padTop + r;
    if (y < 0 || y >= height) {
      return;
    }
    for (int j = s.from(); j <= s.to(); j++) {
      int column = 2 * j - padLeft;
      int from = at + (j - s.from()) * b;
      int to = map + (y * width + column) * b;
      if (column >= 0 && column < width) {
        Rows.add(work, from, x, to, b);
      }
      if (column + 1 >= 0 && column + 1 < width) {
        Rows.add(work, from + half, x, to + b, b);
      }
    }
  }

  private static void plus(double[] x, int xAt, double[] z, int zAt, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[xAt + j] + z[zAt + j];
    }
  }

  private static void minus(double[] x, int xAt, double[] z, int zAt, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[xAt + j] - z[zAt + j];
    }
  }

  private static void negate(double[] x, int xAt, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = -x[xAt + j];
    }
  }

  private static void subtract(double[] x, int xAt, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] -= x[xAt + j];
    }
  }

  /** y = a + b + c. */
  private static void sumOfThree(double[] x, int a, int b, int c, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[a + j] + x[b + j] + x[c + j];
    }
  }

  /** y = a − b − c. */
  private static void lessTwo(double[] x, int a, int b, int c, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[a + j] - x[b + j] - x[c + j];
    }
  }

  /** y = a + b − c. */
  private static void twoLess(double[] x, int a, int b, int c, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = x[a + j] + x[b + j] - x[c + j];
    }
  }

  /** y += a + b − c. */
  private static void addTwoLess(double[] x, int a, int b, int c, double[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] += x[a + j] + x[b + j] - x[c + j];
    }
  }
}
