package dev.flatness.onnx;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.Arrays;

/**
 * ConvTranspose as a convolution: zeros between the entries of its input, then a convolution of
 * stride 1 with the kernel turned by half a turn and the padding (k − 1)d − p. Where that padding
 * is negative, the map with the zeros is cropped.
 */
final class TransposedConvolution {
  private TransposedConvolution() {}

  static Value read(Call call) {
    OnnxNode node = call.node();
    Value.Signal x = call.batched(0);
    Constant w = call.constant(1, "kernel");
    int spatial = w.rank() - 2;
    if (spatial < 1 || spatial > 2 || x.shape().rank() != spatial + 1) {
      throw call.refuse(
          "convolves samples of shape "
              + x.shape()
              + " with a kernel "
              + w.described()
              + ", expected one- or two-dimensional feature maps");
    }
    long stated = node.integer("group", 1);
    int channels = x.shape().extent(0);
    if (stated < 1 || channels % stated != 0 || w.extent(0) != channels) {
      throw call.refuse(
          "has a kernel "
              + w.described()
              + " in "
              + stated
              + " groups, which does not fit "
              + channels
              + " input channels");
    }
    int groups = (int) stated;
    Step image = Windows.asImage(call, x.step());
    int[] kernel = {spatial == 1 ? 1 : w.extent(2), w.extent(w.rank() - 1)};
    Window forward = Windows.transposed(call, image.shape(), kernel);
    int[] extra = Windows.extra(call);
    // Padding of the convolution: top, left, bottom, right.
    int[] pads = {
      forward.dilationHeight() * (kernel[0] - 1) - forward.padTop(),
      forward.dilationWidth() * (kernel[1] - 1) - forward.padLeft(),
      forward.dilationHeight() * (kernel[0] - 1) - forward.padBottom() + extra[0],
      forward.dilationWidth() * (kernel[1] - 1) - forward.padRight() + extra[1]
    };
    Step spread = spread(call, image, forward, pads);
    Window window =
        Draft.window(
            node,
            new long[] {kernel[0], kernel[1]},
            new long[] {1, 1},
            Arrays.stream(pads).mapToLong(pad -> Math.max(0, pad)).toArray(),
            new long[] {forward.dilationHeight(), forward.dilationWidth()});
    int out = w.extent(1) * groups;
    Step.Weights weight =
        call.context().weights(w, turned(w, groups), out, channels / groups, kernel[0], kernel[1]);
    Constant b = call.optional(2, "bias");
    if (b != null && b.size() != out) {
      throw call.refuse("has a bias " + b.described() + ", expected [" + out + "]");
    }
    Step.Weights bias = b == null ? null : call.context().weights(b, b.entries(), out);
    Step y =
        call.draft().convolution(node, node.layerName(w), spread, weight, bias, window, groups);
    return x.with(Windows.fromImage(call, y, spatial));
  }

  /** {@code [in, out / groups, h, w]} as {@code [out, in / groups, h, w]}, each kernel turned. */
  private static double[] turned(Constant w, int groups) {
    int reads = w.extent(0) / groups;
    int writes = w.extent(1);
    int taps = w.size() / Math.max(1, w.extent(0) * writes);
    double[] values = new double[w.size()];
    int at = 0;
    for (int s = 0; s < writes * groups; s++) {
      for (int c = 0; c < reads; c++) {
        int from = ((s / writes * reads + c) * writes + s % writes) * taps;
        for (int tap = 0; tap < taps; tap++) {
          values[at++] = w.get(from + taps - 1 - tap);
        }
      }
    }
    return values;
  }

  /** Sets zeros between the entries of a map, and crops it where a padding is negative. */
  private static Step spread(Call call, Step x, Window w, int[] pads) {
    Shape s = x.shape();
    int[] rows = lines(call, s.extent(1), w.strideHeight(), pads[0], pads[2]);
    int[] columns = lines(call, s.extent(2), w.strideWidth(), pads[1], pads[3]);
    LinearOperators.requireRoom(call, (double) s.extent(0) * rows.length * columns.length);
    int[] sources = new int[s.extent(0) * rows.length * columns.length];
    boolean all = sources.length == s.size();
    int at = 0;
    for (int c = 0; c < s.extent(0); c++) {
      for (int row : rows) {
        for (int column : columns) {
          boolean zero = row < 0 || column < 0;
          sources[at] = zero ? -1 : (c * s.extent(1) + row) * s.extent(2) + column;
          all &= sources[at] == at;
          at++;
        }
      }
    }
    return all
        ? x
        : call.draft()
            .linearMap(
                call.node(),
                x,
                SparseMatrix.selection(s.size(), sources),
                s.extent(0),
                rows.length,
                columns.length);
  }

  /** The line of the input at each line of the map with zeros, −1 for a line of zeros. */
  private static int[] lines(Call call, int extent, int stride, int before, int after) {
    long length = (extent - 1L) * stride + 1;
    long first = Math.max(0, -before);
    long kept = length - first - Math.max(0, -after);
    if (kept < 1) {
      throw call.refuse("has pads that leave nothing of its input, expected smaller ones");
    }
    LinearOperators.requireRoom(call, kept);
    int[] lines = new int[(int) kept];
    for (int i = 0; i < lines.length; i++) {
      long at = first + i;
      lines[i] = at % stride == 0 ? (int) (at / stride) : -1;
    }
    return lines;
  }
}
