package dev.flatness.onnx;

import dev.flatness.network.Layer;
import dev.flatness.tensor.Shape;
import java.util.List;

/** Carries numbers per channel through reshapes and transpositions. */
final class Moves {
  /** Larger values are not expanded entry by entry; what would need it stays unfolded. */
  private static final int LARGEST = 1 << 24;

  private Moves() {}

  /**
   * Numbers per channel of a step's value as numbers per channel of the first value of the path
   * that leads to it.
   *
   * @param path the moves between, nearest to the step first
   * @return null where the channels do not correspond
   */
  static double[] backward(Step step, List<Step> path, double[] perChannel) {
    if (perChannel == null || path.isEmpty()) {
      return perChannel;
    }
    if (step.shape().size() > LARGEST) {
      return null;
    }
    double[] entries = expanded(perChannel, step.shape());
    for (Step move : path) {
      if (move.layer() instanceof Layer.Transpose transpose) {
        int[] from = sources(transpose, move.input().shape());
        double[] moved = new double[entries.length];
        for (int i = 0; i < from.length; i++) {
          moved[from[i]] = entries[i];
        }
        entries = moved;
      }
    }
    return perChannel(entries, path.get(path.size() - 1).input().shape());
  }

  /** The same for the moves that follow a step, nearest first. */
  static double[] forward(Step step, List<Step> path, double[] perChannel) {
    if (perChannel == null || path.isEmpty()) {
      return perChannel;
    }
    if (step.shape().size() > LARGEST) {
      return null;
    }
    double[] entries = expanded(perChannel, step.shape());
    for (Step move : path) {
      if (move.layer() instanceof Layer.Transpose transpose) {
        int[] from = sources(transpose, move.input().shape());
        double[] moved = new double[entries.length];
        for (int i = 0; i < from.length; i++) {
          moved[i] = entries[from[i]];
        }
        entries = moved;
      }
    }
    return perChannel(entries, path.get(path.size() - 1).shape());
  }

  /** b·scale + shift, where null stands for no bias, 1 and 0. */
  static Step.Weights plus(Step.Weights bias, double[] scale, double[] shift, String root) {
    if (bias == null) {
      return shift == null ? null : Step.Weights.vector(shift.clone(), root);
    }
    if (scale == null && shift == null) {
      return bias;
    }
    double[] values = bias.values().clone();
    for (int s = 0; s < values.length; s++) {
      values[s] = values[s] * (scale == null ? 1 : scale[s]) + (shift == null ? 0 : shift[s]);
    }
    return Step.Weights.vector(values, null);
  }

  private static double[] expanded(double[] perChannel, Shape shape) {
    double[] entries = new double[shape.size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = perChannel[i / shape.positions()];
    }
    return entries;
  }

  private static double[] perChannel(double[] entries, Shape shape) {
    double[] result = new double[shape.rank() == 0 ? 1 : shape.extent(0)];
    for (int i = 0; i < entries.length; i++) {
      int channel = i / (entries.length / result.length);
      if (i % (entries.length / result.length) == 0) {
        result[channel] = entries[i];
      } else if (result[channel] != entries[i]) {
        return null;
      }
    }
    return result;
  }

  /** For each entry of a transposed value the position it comes from. */
  private static int[] sources(Layer.Transpose transpose, Shape in) {
    int rank = in.rank();
    int[] stride = new int[rank];
    for (int axis = rank - 1, step = 1; axis >= 0; axis--) {
      stride[axis] = step;
      step *= in.extent(axis);
    }
    int[] index = new int[rank];
    int[] from = new int[in.size()];
    for (int i = 0; i < from.length; i++) {
      for (int axis = 0; axis < rank; axis++) {
        from[i] += index[axis] * stride[transpose.axes().get(axis)];
      }
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < in.extent(transpose.axes().get(axis))) {
          break;
        }
        index[axis] = 0;
      }
    }
    return from;
  }
}
