package dev.flatness.internal.engine64;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The patches of a feature map [C × H × W × B], samples innermost, as a matrix with one row per
 * channel and tap and one column per output position and sample; and the adjoint.
 *
 * <p>With samples innermost a tap's column is a run of B contiguous entries, and at stride 1 a
 * whole output row is one run.
 */
final class Patches {
  private final int channels;
  private final int height;
  private final int width;
  private final int outputHeight;
  private final int outputWidth;
  private final Window w;

  Patches(Shape input, Shape output, Window window) {
    this.channels = input.extent(0);
    this.height = input.extent(1);
    this.width = input.extent(2);
    this.outputHeight = output.extent(1);
    this.outputWidth = output.extent(2);
    this.w = window;
  }

  /**
   * The patches of a convolution's output whose product with the mirrored weight is its adjoint;
   * null with strides, which would leave holes, and with more padding than taps.
   */
  static Patches adjoint(Shape input, Shape output, Window w) {
    int top = w.dilationHeight() * (w.kernelHeight() - 1) - w.padTop();
    int left = w.dilationWidth() * (w.kernelWidth() - 1) - w.padLeft();
    int bottom = w.dilationHeight() * (w.kernelHeight() - 1) - w.padBottom();
    int right = w.dilationWidth() * (w.kernelWidth() - 1) - w.padRight();
    boolean fits = Math.min(Math.min(top, bottom), Math.min(left, right)) >= 0;
    if (w.strideHeight() != 1 || w.strideWidth() != 1 || !fits) {
      return null;
    }
    return new Patches(output, input, w.withPadding(top, left, bottom, right));
  }

  int rows() {
    return channels * w.taps();
  }

  int taps() {
    return w.taps();
  }

  int outputHeight() {
    return outputHeight;
  }

  int outputWidth() {
    return outputWidth;
  }

  /** Whether the patches are the feature map itself. */
  boolean identity() {
    return w.taps() == 1 && w.strideHeight() == 1 && w.strideWidth() == 1 && !w.padded();
  }

  /** The first output column whose tap kx falls inside the map. */
  private int firstColumn(int kx) {
    int start = kx * w.dilationWidth() - w.padLeft();
    return start >= 0 ? 0 : Math.min(outputWidth, (-start + w.strideWidth() - 1) / w.strideWidth());
  }

  /** The output column after the last whose tap kx falls inside the map. */
  private int endColumn(int kx) {
    int start = kx * w.dilationWidth() - w.padLeft();
    int last = Math.floorDiv(width - 1 - start, w.strideWidth());
    return Math.max(firstColumn(kx), Math.min(outputWidth, last + 1));
  }

  /** phi[r, (oy, ox, b)] = x[c, iy, ix, b] for {@code rows} output rows from {@code row}. */
  void gather(double[] x, int xAt, double[] phi, int row, int rows, int b) {
    for (int c = 0; c < channels; c++) {
      gatherChannel(x, xAt, c, phi, c * w.taps(), row, rows, b);
    }
  }

  /** The same for some channels, side by side; zeros for those that are not wanted. */
  void gather(double[] x, int[] some, IntPredicate wanted, double[] phi, int row, int rows, int b) {
    int size = w.taps() * rows * outputWidth * b;
    for (int i = 0; i < some.length; i++) {
      if (wanted == null || wanted.test(some[i])) {
        gatherChannel(x, 0, some[i], phi, i * w.taps(), row, rows, b);
      } else {
        Arrays.fill(phi, i * size, (i + 1) * size, 0);
      }
    }
  }

  /** One channel's patches, from row r of phi on. */
  private void gatherChannel(
      double[] x, int xAt, int c, double[] phi, int r, int row, int rows, int b) {
    int line = outputWidth * b;
    for (int ky = 0; ky < w.kernelHeight(); ky++) {
      for (int kx = 0; kx < w.kernelWidth(); kx++, r++) {
        int first = firstColumn(kx);
        int end = endColumn(kx);
        for (int i = 0; i < rows; i++) {
          int to = (r * rows + i) * line;
          int iy = (row + i) * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
          if (iy < 0 || iy >= height || first >= end) {
            Arrays.fill(phi, to, to + line, 0);
            continue;
          }
          int from =
              xAt
                  + ((c * height + iy) * width
                          + first * w.strideWidth()
                          - w.padLeft()
                          + kx * w.dilationWidth())
                      * b;
          if (first > 0) {
            Arrays.fill(phi, to, to + first * b, 0);
          }
          if (end < outputWidth) {
            Arrays.fill(phi, to + end * b, to + line, 0);
          }
          if (w.strideWidth() == 1) {
            System.arraycopy(x, from, phi, to + first * b, (end - first) * b);
          } else {
            for (int ox = first; ox < end; ox++) {
              System.arraycopy(x, from, phi, to + ox * b, b);
              from += w.strideWidth() * b;
            }
          }
        }
      }
    }
  }

  /** The adjoint: x[c, iy, ix, b] += phi[r, (oy, ox, b)]. */
  void scatter(Rows arithmetic, double[] phi, double[] x, int xAt, int row, int rows, int b) {
    int line = outputWidth * b;
    int r = 0;
    for (int c = 0; c < channels; c++) {
      for (int ky = 0; ky < w.kernelHeight(); ky++) {
        for (int kx = 0; kx < w.kernelWidth(); kx++, r++) {
          int first = firstColumn(kx);
          int end = endColumn(kx);
          for (int i = 0; i < rows; i++) {
            int from = (r * rows + i) * line + first * b;
            int iy = (row + i) * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
            if (iy < 0 || iy >= height || first >= end) {
              continue;
            }
            int to =
                xAt
                    + ((c * height + iy) * width
                            + first * w.strideWidth()
                            - w.padLeft()
                            + kx * w.dilationWidth())
                        * b;
            if (w.strideWidth() == 1) {
              arithmetic.add(phi, from, x, to, (end - first) * b);
            } else {
              for (int ox = first; ox < end; ox++) {
                arithmetic.add(phi, from, x, to, b);
                from += b;
                to += w.strideWidth() * b;
              }
            }
          }
        }
      }
    }
  }
}
