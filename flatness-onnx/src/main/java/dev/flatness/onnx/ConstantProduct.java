package dev.flatness.onnx;

import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.Arrays;

/**
 * A product of the network's input with a constant matrix that no training made: a diagonal matrix,
 * or one for each channel. Tools write preprocessing in this way. It is no layer with parameters.
 */
final class ConstantProduct {
  private ConstantProduct() {}

  /** Whether x·w is such a product. */
  static boolean applies(Call call, Value.Signal x, Constant w) {
    boolean input = !call.context().asWritten() && x.step().preprocessing();
    if (!input || w.rank() < 2) {
      return false;
    }
    int n = w.extent(w.rank() - 1);
    boolean several = w.size() != w.extent(w.rank() - 2) * n;
    boolean diagonal = w.extent(w.rank() - 2) == n && n > 1;
    for (int i = 0; diagonal && i < w.size(); i++) {
      diagonal = i / n % n == i % n || w.get(i) == 0;
    }
    return several || diagonal;
  }

  static Value read(Call call, Value.Signal x, Constant w) {
    Shape s = x.shape();
    int in = w.extent(w.rank() - 2);
    int out = w.extent(w.rank() - 1);
    int[] strides = new int[s.rank()];
    boolean fits = w.rank() <= x.rank() && x.sampleAxis(x.rank() - 1) == s.rank() - 1;
    fits &= s.rank() > 0 && s.extent(s.rank() - 1) == in;
    int stride = in * out;
    for (int i = w.rank() - 3; i >= 0 && fits; i--) {
      int axis = x.sampleAxis(x.rank() - w.rank() + i);
      boolean one = w.extent(i) == 1;
      fits = one || axis >= 0 && s.extent(axis) == w.extent(i);
      if (fits && !one) {
        strides[axis] = stride;
        stride *= w.extent(i);
      }
    }
    if (!fits) {
      throw call.refuse(
          "multiplies a value of shape "
              + x.described()
              + " with a constant "
              + w.described()
              + "; the shapes do not fit");
    }
    int[] matrices = {0};
    for (int axis = 0; axis < s.rank() - 1; axis++) {
      int[] longer = new int[matrices.length * s.extent(axis)];
      for (int i = 0; i < longer.length; i++) {
        longer[i] = matrices[i / s.extent(axis)] + i % s.extent(axis) * strides[axis];
      }
      matrices = longer;
    }
    double nonZero = Arrays.stream(w.entries()).filter(entry -> entry != 0).count();
    double rows = (double) matrices.length * out;
    LinearOperators.requireRoom(call, rows + matrices.length * nonZero / (w.size() / (in * out)));
    SparseMatrix.Builder product = SparseMatrix.builder(s.size());
    for (int i = 0; i < matrices.length; i++) {
      for (int column = 0; column < out; column++) {
        for (int row = 0; row < in; row++) {
          double entry = w.get(matrices[i] + row * out + column);
          if (entry != 0) {
            product.add(i * in + row, entry);
          }
        }
        product.endRow();
      }
    }
    call.context()
        .note(
            call.node().described()
                + " multiplies the input by a constant matrix, which is no parameter");
    int[] extents = s.toArray();
    extents[extents.length - 1] = out;
    return x.with(call.draft().linearMap(call.node(), x.step(), product.build(), extents));
  }
}
