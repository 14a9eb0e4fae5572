package dev.flatness.dl4j;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.jspecify.annotations.Nullable;

/**
 * A window of DL4J, whose padding may depend on what it reads.
 *
 * @param kernel height and width
 * @param stride vertical and horizontal
 * @param padding rows and columns on each side; not used where outputs have the size of inputs
 * @param dilation vertical and horizontal
 * @param mode what is done at the borders
 */
record Windows(
    int[] kernel, int[] stride, int[] padding, int[] dilation, @Nullable ConvolutionMode mode) {
  Windows {
    pair("kernel", kernel, 1);
    pair("stride", stride, 1);
    pair("padding", padding, 0);
    pair("dilation", dilation, 1);
    if (mode == ConvolutionMode.Causal) {
      throw new NoCounterpartException("it pads causally");
    }
  }

  private static void pair(String what, int @Nullable [] values, int least) {
    if (values == null || values.length != 2 || Math.min(values[0], values[1]) < least) {
      throw new NoCounterpartException(
          "its " + what + " is " + Arrays.toString(values) + ", expected two numbers");
    }
  }

  /** Refuses feature maps whose channels come last. */
  static void requireChannelsFirst(@Nullable CNN2DFormat format) {
    if (format == CNN2DFormat.NHWC) {
      throw new NoCounterpartException(
          "it reads channels last (NHWC); rebuild the model with NCHW: weights of convolutions stay,"
              + " but the rows of a dense layer after a flatten are in another order");
    }
  }

  /** The window at an input of a shape. */
  Window at(Shape input) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException(
          "a window reads a value of shape " + input + ", expected [channels, height, width]");
    }
    int[] before = padding;
    int[] after = padding;
    if (mode == ConvolutionMode.Same) {
      before = new int[2];
      after = new int[2];
      for (int axis = 0; axis < 2; axis++) {
        int extent = input.extent(axis + 1);
        long outputs = (extent + (long) stride[axis] - 1) / stride[axis];
        long covered = (outputs - 1) * stride[axis] + 1 + (kernel[axis] - 1L) * dilation[axis];
        int total = Math.toIntExact(Math.max(0, covered - extent));
        before[axis] = total / 2;
        after[axis] = total - total / 2;
      }
    }
    return new Window(
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        before[0],
        before[1],
        after[0],
        after[1],
        dilation[0],
        dilation[1]);
  }
}
