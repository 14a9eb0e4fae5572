package dev.flatness.onnx;

import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The geometry of convolutions and poolings as nodes state it; one-dimensional maps become rows.
 */
final class Windows {
  private Windows() {}

  /** A feature map {@code [channels, length]} as {@code [channels, 1, length]}. */
  static Step asImage(Call call, Step x) {
    Shape s = x.shape();
    return s.rank() == 3 ? x : call.draft().reshape(call.node(), x, s.extent(0), 1, s.extent(1));
  }

  static Step fromImage(Call call, Step y, int spatial) {
    Shape s = y.shape();
    return spatial == 2 ? y : call.draft().reshape(call.node(), y, s.extent(0), s.extent(2));
  }

  /** The window of a node that reads an image of this shape. */
  static Window of(Call call, Shape image, int[] kernel, boolean ceilingAllowed) {
    OnnxNode node = call.node();
    requireKernel(node, kernel);
    String auto = autoPad(node);
    long[] size = {kernel[0], kernel[1]};
    long[] strides = list(node, "strides", new long[] {1, 1}, 1);
    long[] dilations = list(node, "dilations", new long[] {1, 1}, 1);
    long[] pads = pads(node);
    Window plain = Draft.window(node, size, strides, pads, dilations);
    if (auto.equals("VALID")) {
      return plain.withPadding(0);
    } else if (auto.startsWith("SAME_")) {
      boolean upper = auto.equals("SAME_UPPER");
      int rows =
          same(image.extent(1), plain.kernelHeight(), plain.strideHeight(), plain.dilationHeight());
      int columns =
          same(image.extent(2), plain.kernelWidth(), plain.strideWidth(), plain.dilationWidth());
      int top = upper ? rows / 2 : rows - rows / 2;
      int left = upper ? columns / 2 : columns - columns / 2;
      return plain.withPadding(top, left, rows - top, columns - left);
    }
    if (node.integer("ceil_mode", 0) == 0) {
      return plain;
    }
    int rows =
        extra(
            image.extent(1) + plain.padTop() + plain.padBottom(),
            image.extent(1) + plain.padTop(),
            plain.kernelHeight(),
            plain.strideHeight(),
            plain.dilationHeight());
    int columns =
        extra(
            image.extent(2) + plain.padLeft() + plain.padRight(),
            image.extent(2) + plain.padLeft(),
            plain.kernelWidth(),
            plain.strideWidth(),
            plain.dilationWidth());
    if (rows + columns > 0 && !ceilingAllowed) {
      throw node.refuse(
          "has ceil_mode=1 with count_include_pad=1 and a last window that sticks out, whose divisor"
              + " runtimes disagree on; export the model with ceil_mode=0");
    }
    return plain.withPadding(
        plain.padTop(), plain.padLeft(), plain.padBottom() + rows, plain.padRight() + columns);
  }

  /** Refuses a kernel_shape that is not the kernel's. */
  private static void requireKernel(OnnxNode node, int[] kernel) {
    long[] stated = list(node, "kernel_shape", null, 1);
    if (stated != null && (stated[0] != kernel[0] || stated[1] != kernel[1])) {
      throw node.refuse(
          "has kernel_shape "
              + Arrays.toString(node.integers("kernel_shape"))
              + ", but its kernel is "
              + kernel[0]
              + "×"
              + kernel[1]
              + "; the file is damaged");
    }
  }

  private static String autoPad(OnnxNode node) {
    String auto = node.text("auto_pad", "NOTSET");
    if (!List.of("", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER").contains(auto)) {
      throw node.refuse(
          "has auto_pad "
              + Messages.quoted(auto)
              + ", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
    }
    return auto;
  }

  /** The window of a transposed convolution that reads an image of this shape. */
  static Window transposed(Call call, Shape image, int[] kernel) {
    OnnxNode node = call.node();
    requireKernel(node, kernel);
    long[] size = {kernel[0], kernel[1]};
    long[] strides = list(node, "strides", new long[] {1, 1}, 1);
    long[] dilations = list(node, "dilations", new long[] {1, 1}, 1);
    String auto = autoPad(node);
    boolean same = auto.startsWith("SAME_");
    long[] shape = list(node, "output_shape", null, 1);
    if (shape == null && same) {
      shape = new long[] {image.extent(1) * strides[0], image.extent(2) * strides[1]};
    }
    if (shape == null) {
      boolean valid = auto.equals("VALID");
      return Draft.window(node, size, strides, valid ? new long[4] : pads(node), dilations);
    }
    int[] extra = extra(call);
    long[] pads = new long[4];
    for (int axis = 0; axis < 2; axis++) {
      long full = strides[axis] * (image.extent(axis + 1) - 1L) + extra[axis];
      long total = full + (kernel[axis] - 1L) * dilations[axis] + 1 - shape[axis];
      long begin = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      pads[axis] = begin;
      pads[axis + 2] = total - begin;
    }
    return Draft.window(node, size, strides, pads, dilations);
  }

  /** Rows and columns that a transposed convolution adds at the end. */
  static int[] extra(Call call) {
    long[] given = list(call.node(), "output_padding", new long[2], 0);
    for (long extent : given) {
      if (extent < 0 || extent > Short.MAX_VALUE) {
        throw call.refuse(
            "has output_padding "
                + Arrays.toString(given)
                + ", expected numbers from 0 to "
                + Short.MAX_VALUE);
      }
    }
    return new int[] {(int) given[0], (int) given[1]};
  }

  /** Padding that makes ⌈extent / stride⌉ window positions. */
  private static int same(int extent, int kernel, int stride, int dilation) {
    long positions = (extent + (long) stride - 1) / stride;
    long needed = (positions - 1) * stride + (long) dilation * (kernel - 1) + 1;
    return (int) Math.max(0, needed - extent);
  }

  /** Rows that a rounded-up number of positions adds; a window must start inside. */
  private static int extra(int padded, int start, int kernel, int stride, int dilation) {
    int reach = dilation * (kernel - 1) + 1;
    if (padded < reach) {
      return 0;
    }
    int positions = (padded - reach + stride - 1) / stride + 1;
    if ((positions - 1) * stride >= start) {
      positions--;
    }
    return Math.max(0, (positions - 1) * stride + reach - padded);
  }

  private static long[] pads(OnnxNode node) {
    long[] given = node.integers("pads");
    if (given == null) {
      return new long[4];
    } else if (given.length == 2) {
      return new long[] {0, given[0], 0, given[1]};
    } else if (given.length == 4) {
      return given;
    }
    throw node.refuse(
        "has pads "
            + Arrays.toString(given)
            + ", expected a beginning and an end for each of one or"
            + " two axes");
  }

  /** Two numbers, the first of them {@code single} where the node is one-dimensional. */
  static long[] list(OnnxNode node, String name, long[] otherwise, long single) {
    long[] given = node.integers(name);
    if (given == null) {
      return otherwise;
    } else if (given.length == 1) {
      return new long[] {single, given[0]};
    } else if (given.length == 2) {
      return given;
    }
    throw node.refuse(
        "has "
            + name
            + " "
            + Arrays.toString(given)
            + ", expected one or two axes; three-dimensional layers cannot be read");
  }
}
