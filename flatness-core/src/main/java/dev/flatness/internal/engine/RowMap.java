package dev.flatness.internal.engine;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
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

  /** A visitor that answers alike for all layers that are such an operation. */
  public interface LinearVisitor<R> extends Layer.Visitor<R> {
    /** Answers for a layer that {@link RowMap#of} takes. */
    R linear(Layer layer);

    @Override
    default R constant(Layer.Constant layer) {
      return linear(layer);
    }

    @Override
    default R averagePool(Layer.AveragePool layer) {
      return linear(layer);
    }

    @Override
    default R zeroPad(Layer.ZeroPad layer) {
      return linear(layer);
    }

    @Override
    default R transpose(Layer.Transpose layer) {
      return linear(layer);
    }

    @Override
    default R linearMap(Layer.LinearMap layer) {
      return linear(layer);
    }

    @Override
    default R add(Layer.Add layer) {
      return linear(layer);
    }

    @Override
    default R concatenate(Layer.Concatenate layer) {
      return linear(layer);
    }
  }

  /** Lists the runs of a node whose layer is such an operation, as in {@link LinearVisitor}. */
  public static RowMap of(Network network, Node node) {
    RowMap map = new RowMap(node.inputs().size(), node.shape().size());
    int offset = 0;
    for (int j = 0; j < node.inputs().size(); j++) {
      Shape in = network.node(node.inputs().get(j)).shape();
      map.starts[j] = map.count;
      map.inputStart = map.count;
      node.layer().accept(map.new Runs(in, node.shape(), offset));
      offset += in.size();
    }
    map.starts[node.inputs().size()] = map.count;
    return map;
  }

  private static double at(java.util.List<Double> list, int channel) {
    return list.get(list.size() == 1 ? 0 : channel);
  }

  /** Appends the runs of one input, before which others have {@code offset} rows. */
  private final class Runs implements Layer.Visitor<Void> {
    private final Shape in;
    private final Shape out;
    private final int offset;

    Runs(Shape in, Shape out, int offset) {
      this.in = in;
      this.out = out;
      this.offset = offset;
    }

    @Override
    public Void constant(Layer.Constant layer) {
      int positions = in.positions();
      for (int c = 0; c < in.extent(0); c++) {
        run(c * positions, c * positions, positions, at(layer.scale(), c));
        Arrays.fill(shifts, c * positions, (c + 1) * positions, at(layer.shift(), c));
      }
      return null;
    }

    @Override
    public Void averagePool(Layer.AveragePool layer) {
      Window w = layer.window();
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
            double share = 1.0 / (layer.countPadding() ? w.taps() : inside);
            for (int y = top; y < bottom; y++) {
              for (int x = left; x < right; x++) {
                run((c * in.extent(1) + y) * in.extent(2) + x, row, 1, share);
              }
            }
          }
        }
      }
      return null;
    }

    @Override
    public Void zeroPad(Layer.ZeroPad layer) {
      for (int c = 0; c < in.extent(0); c++) {
        for (int y = 0; y < in.extent(1); y++) {
          run(
              (c * in.extent(1) + y) * in.extent(2),
              (c * out.extent(1) + y + layer.top()) * out.extent(2) + layer.left(),
              in.extent(2),
              1);
        }
      }
      return null;
    }

    @Override
    public Void transpose(Layer.Transpose layer) {
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
          from += index[axis] * strides[layer.axes().get(axis)];
        }
        run(from, row, 1, 1);
        for (int axis = rank - 1; axis >= 0 && ++index[axis] == out.extent(axis); axis--) {
          index[axis] = 0;
        }
      }
      return null;
    }

    @Override
    public Void linearMap(Layer.LinearMap layer) {
      SparseMatrix a = layer.matrix();
      for (int row = 0; row < a.rows(); row++) {
        for (int e = a.start(row); e < a.start(row + 1); e++) {
          run(a.column(e), row, 1, a.value(e));
        }
      }
      return null;
    }

    @Override
    public Void add(Layer.Add layer) {
      run(0, 0, in.size(), 1);
      return null;
    }

    @Override
    public Void concatenate(Layer.Concatenate layer) {
      run(0, offset, in.size(), 1);
      return null;
    }

    @Override
    public Void input(Layer.Input layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void dense(Layer.Dense layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void convolution(Layer.Convolution layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void affine(Layer.Affine layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void activate(Layer.Activate layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void maxPool(Layer.MaxPool layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void reshape(Layer.Reshape layer) {
      throw new AssertionError(layer);
    }

    @Override
    public Void softmax(Layer.Softmax layer) {
      throw new AssertionError(layer);
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
