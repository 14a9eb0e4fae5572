package dev.flatness.internal.engine;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;

/**
 * A parameter-free linear operation as a list of runs: {@code length} consecutive rows of an input,
 * scaled, added to consecutive rows of the output; and a shift per output row.
 */
public final class RowMap {
  private int[] source = new int[16];
  private int[] target = new int[16];
  private int[] length = new int[16];
  private double[] scale = new double[16];
  private int count;
  private int inputStart;
  private final int[] starts;
  private final double[] shifts;

  private RowMap(int inputs, int rows) {
    this.starts = new int[inputs + 1];
    this.shifts = new double[rows];
  }

  /** Tells whether a layer is such an operation. */
  public static boolean describes(Layer layer) {
    return layer instanceof Layer.AveragePool
        || layer instanceof Layer.ZeroPad
        || layer instanceof Layer.Transpose
        || layer instanceof Layer.Add
        || layer instanceof Layer.Concatenate
        || layer instanceof Layer.Constant;
  }

  /** Lists a node's runs. */
  public static RowMap of(Network network, Node node) {
    Shape out = node.shape();
    RowMap map = new RowMap(node.inputs().size(), out.size());
    int offset = 0;
    for (int j = 0; j < node.inputs().size(); j++) {
      Shape in = network.node(node.inputs().get(j)).shape();
      map.starts[j] = map.count;
      map.inputStart = map.count;
      if (node.layer() instanceof Layer.Add) {
        map.run(0, 0, in.size(), 1);
      } else if (node.layer() instanceof Layer.Concatenate) {
        map.run(0, offset, in.size(), 1);
        offset += in.size();
      } else if (node.layer() instanceof Layer.Transpose transpose) {
        map.transpose(in, out, transpose);
      } else if (node.layer() instanceof Layer.ZeroPad pad) {
        map.pad(in, out, pad);
      } else if (node.layer() instanceof Layer.AveragePool pool) {
        map.average(in, out, pool);
      } else if (node.layer() instanceof Layer.Constant constant) {
        map.constant(in, constant);
      } else {
        throw new AssertionError(node.layer());
      }
    }
    map.starts[node.inputs().size()] = map.count;
    return map;
  }

  private void constant(Shape in, Layer.Constant constant) {
    int positions = in.positions();
    for (int c = 0; c < in.extent(0); c++) {
      run(c * positions, c * positions, positions, at(constant.scale(), c));
      Arrays.fill(shifts, c * positions, (c + 1) * positions, at(constant.shift(), c));
    }
  }

  private static double at(java.util.List<Double> list, int channel) {
    return list.get(list.size() == 1 ? 0 : channel);
  }

  private void transpose(Shape in, Shape out, Layer.Transpose transpose) {
    int rank = in.rank();
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= in.extent(axis);
    }
    int[] index = new int[rank];
    for (int row = 0; row < out.size(); row++) {
      int from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += index[axis] * strides[transpose.axes().get(axis)];
      }
      run(from, row, 1, 1);
      for (int axis = rank - 1; axis >= 0 && ++index[axis] == out.extent(axis); axis--) {
        index[axis] = 0;
      }
    }
  }

  private void pad(Shape in, Shape out, Layer.ZeroPad pad) {
    for (int c = 0; c < in.extent(0); c++) {
      for (int y = 0; y < in.extent(1); y++) {
        run(
            (c * in.extent(1) + y) * in.extent(2),
            (c * out.extent(1) + y + pad.top()) * out.extent(2) + pad.left(),
            in.extent(2),
            1);
      }
    }
  }

  private void average(Shape in, Shape out, Layer.AveragePool pool) {
    Window w = pool.window();
    int row = 0;
    for (int c = 0; c < out.extent(0); c++) {
      for (int oy = 0; oy < out.extent(1); oy++) {
        for (int ox = 0; ox < out.extent(2); ox++, row++) {
          int y0 = oy * w.strideHeight() - w.padTop();
          int x0 = ox * w.strideWidth() - w.padLeft();
          int top = Math.max(0, y0);
          int bottom = Math.min(in.extent(1), y0 + w.kernelHeight());
          int left = Math.max(0, x0);
          int right = Math.min(in.extent(2), x0 + w.kernelWidth());
          int inside = Math.max(0, bottom - top) * Math.max(0, right - left);
          double share = 1.0 / (pool.countPadding() ? w.taps() : inside);
          for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
              run((c * in.extent(1) + y) * in.extent(2) + x, row, 1, share);
            }
          }
        }
      }
    }
  }

  /** Appends a run, or lengthens the last one of the same input. */
  private void run(int from, int to, int rows, double factor) {
    int last = count - 1;
    if (last >= inputStart
        && scale[last] == factor
        && source[last] + length[last] == from
        && target[last] + length[last] == to) {
      length[last] += rows;
      return;
    }
    if (count == source.length) {
      source = Arrays.copyOf(source, 2 * count);
      target = Arrays.copyOf(target, 2 * count);
      length = Arrays.copyOf(length, 2 * count);
      scale = Arrays.copyOf(scale, 2 * count);
    }
    source[count] = from;
    target[count] = to;
    length[count] = rows;
    scale[count++] = factor;
  }

  /** The first run of an input; that of the number of inputs is the number of runs. */
  public int start(int input) {
    return starts[input];
  }

  /** The first input row of a run. */
  public int source(int run) {
    return source[run];
  }

  /** The first output row of a run. */
  public int target(int run) {
    return target[run];
  }

  /** The rows of a run. */
  public int length(int run) {
    return length[run];
  }

  /** The factor of a run. */
  public double scale(int run) {
    return scale[run];
  }

  /** The summand of an output row. */
  public double shift(int row) {
    return shifts[row];
  }
}
