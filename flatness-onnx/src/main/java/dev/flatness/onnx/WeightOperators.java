package dev.flatness.onnx;

import dev.flatness.network.Window;
import java.util.Map;

/** Convolution, matrix products and batch normalization. */
final class WeightOperators {
  static final Map<String, Call.Operator> ALL =
      Map.of(
          "Conv", WeightOperators::convolution,
          "ConvTranspose", TransposedConvolution::read,
          "Gemm", WeightOperators::gemm,
          "MatMul", WeightOperators::matMul,
          "BatchNormalization", WeightOperators::batchNormalization);

  private WeightOperators() {}

  private static Value convolution(Call call) {
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
    long groups = call.node().integer("group", 1);
    int out = w.extent(0);
    int channels = x.shape().extent(0);
    if (groups < 1 || groups > out || out % groups != 0 || w.extent(1) * groups != channels) {
      throw call.refuse(
          "has a kernel "
              + w.described()
              + " in "
              + groups
              + " groups, which does not fit "
              + channels
              + " input channels");
    }
    Step image = Windows.asImage(call, x.step());
    int[] kernel = {spatial == 1 ? 1 : w.extent(2), w.extent(w.rank() - 1)};
    Window window = Windows.of(call, image.shape(), kernel, false);
    Step.Weights weight =
        call.context().weights(w, w.entries(), out, w.extent(1), kernel[0], kernel[1]);
    Constant b = call.optional(2, "bias");
    if (b != null && b.size() != out) {
      throw call.refuse("has a bias " + b.described() + ", expected [" + out + "]");
    }
    Step.Weights bias = b == null ? null : call.context().weights(b, b.entries(), out);
    String name = call.node().layerName(w);
    Step step =
        call.draft().convolution(call.node(), name, image, weight, bias, window, (int) groups);
    return x.with(Windows.fromImage(call, step, spatial));
  }

  private static Value gemm(Call call) {
    OnnxNode node = call.node();
    boolean transA = node.integer("transA", 0) != 0;
    boolean transB = node.integer("transB", 0) != 0;
    if (call.value(0) instanceof Constant) {
      throw call.refuse(
          "multiplies a constant from the left, expected the samples there and the weight at the"
              + " right; export the layer as x·W");
    }
    Value.Signal x = call.signal(0);
    if (x.rank() != 2 || x.batchAxis() != (transA ? 1 : 0)) {
      throw call.refuse(
          "multiplies a value of shape "
              + x.described()
              + (transA ? " transposed" : "")
              + ", expected [N, features] there");
    }
    Constant w = call.constant(1, "weight");
    if (w.rank() != 2) {
      throw call.refuse("has a weight " + w.described() + ", expected two axes");
    }
    Step.Weights weight = weight(call, w, !transB);
    double alpha = node.number("alpha", 1);
    double beta = node.number("beta", 1);
    if (!call.present(2) || beta == 0) {
      Step y = call.draft().dense(node, node.layerName(w), x.step(), weight, null);
      return new Value.Signal(times(call, y, alpha), 0);
    }
    // α·W x + β·b = β·(W (α/β)·x + b), so that W and b are the file's own.
    Step scaled = times(call, x.step(), alpha / beta);
    Constant b = call.constant(2, "bias");
    Step y =
        b.size() == 1 && weight.extents()[0] > 1
            ? call.draft()
                .affine(
                    node,
                    node.layerName(),
                    call.draft().dense(node, node.layerName(w), scaled, weight, null),
                    null,
                    call.context().weights(b, b.entries(), 1))
            : call.draft()
                .dense(node, node.layerName(w), scaled, weight, bias(call, b, weight.extents()[0]));
    return new Value.Signal(times(call, y, beta), 0);
  }

  private static Step times(Call call, Step x, double factor) {
    return factor == 1
        ? x
        : call.draft().constant(call.node(), x, new double[] {factor}, new double[] {0});
  }

  /** W as {@code [out, in]} from a constant stored {@code [in, out]} or the other way round. */
  private static Step.Weights weight(Call call, Constant w, boolean inputsFirst) {
    int in = w.extent(inputsFirst ? w.rank() - 2 : w.rank() - 1);
    int out = w.extent(inputsFirst ? w.rank() - 1 : w.rank() - 2);
    double[] values = new double[w.size()];
    for (int s = 0; s < out; s++) {
      for (int j = 0; j < in; j++) {
        values[s * in + j] = w.get(inputsFirst ? j * out + s : s * in + j);
      }
    }
    return call.context().weights(w, values, out, in);
  }

  private static Step.Weights bias(Call call, Constant c, int out) {
    int last = c.rank() == 0 ? 1 : c.extent(c.rank() - 1);
    if (c.rank() > 2 || c.size() != last || last != out) {
      throw call.refuse(
          "adds a constant " + c.described() + ", expected one number per output ([" + out + "])");
    }
    return call.context().weights(c, c.entries(), out);
  }

  private static Value matMul(Call call) {
    if (call.value(0) instanceof Constant w) {
      Value.Signal x = call.signal(1);
      int rows = x.sampleAxis(x.rank() - 2);
      boolean fits = w.rank() == 2 && x.rank() >= 2 && rows >= 0;
      if (fits && x.batchAxis() != 1 && x.shape().extent(rows) == w.extent(1)) {
        return everywhere(call, x, rows, w, false);
      }
      if (w.rank() != 2 || x.rank() != 2 || x.batchAxis() != 1) {
        throw call.refuse(
            "multiplies a constant "
                + w.described()
                + " from the left with a value of shape "
                + x.described()
                + ", which mixes positions; expected the samples at the left and"
                + " the weight at the right; export the layer as x·W");
      }
      Step.Weights weight = weight(call, w, false);
      String name = call.node().layerName(w);
      return x.with(call.draft().dense(call.node(), name, x.step(), weight, null));
    }
    Value.Signal x = call.signal(0);
    Constant w = call.constant(1, "weight");
    int axis = x.rank() - 1;
    if (ConstantProduct.applies(call, x, w)) {
      return ConstantProduct.read(call, x, w);
    }
    boolean leadingOnes = w.rank() >= 2 && w.rank() <= Math.max(2, x.rank());
    for (int i = 0; i < w.rank() - 2; i++) {
      leadingOnes &= w.extent(i) == 1;
    }
    if (!leadingOnes) {
      throw call.refuse("has a weight " + w.described() + ", expected two axes [in, out]");
    }
    int in = w.extent(w.rank() - 2);
    int last = x.sampleAxis(axis);
    if (last < 0 || x.shape().extent(last) != in) {
      throw call.refuse(
          "multiplies a value of shape "
              + x.described()
              + " with a weight "
              + w.described()
              + "; the shapes do not fit");
    }
    if (x.shape().size() != in) {
      return everywhere(call, x, last, w, true);
    }
    Draft draft = call.draft();
    Step.Weights weight = weight(call, w, true);
    Step flat = draft.reshape(call.node(), x.step(), in);
    Step step = draft.dense(call.node(), call.node().layerName(w), flat, weight, null);
    int[] extents = x.shape().toArray();
    extents[last] = weight.extents()[0];
    return x.with(draft.reshape(call.node(), step, extents));
  }

  /** A dense layer along one axis at every position of the others: a 1×1 convolution. */
  private static Value everywhere(
      Call call, Value.Signal x, int axis, Constant w, boolean inputsFirst) {
    Draft draft = call.draft();
    Step.Weights dense = weight(call, w, inputsFirst);
    int out = dense.extents()[0];
    int in = dense.extents()[1];
    Step.Weights weight = new Step.Weights(dense.values(), new int[] {out, in, 1, 1}, dense.root());
    return x.with(
        draft.alongAxis(
            call.node(),
            x.step(),
            axis,
            step -> {
              int[] extents = step.shape().toArray();
              boolean image = extents.length == 3;
              Step map =
                  image ? step : draft.reshape(call.node(), step, in, step.shape().positions(), 1);
              Step y =
                  draft.convolution(
                      call.node(), call.node().layerName(w), map, weight, null, Window.of(1, 1), 1);
              extents[0] = out;
              return draft.reshape(call.node(), y, extents);
            }));
  }

  private static Value batchNormalization(Call call) {
    OnnxNode node = call.node();
    Value.Signal x = call.batched(0);
    if (x.shape().rank() == 0) {
      throw call.refuse("normalizes a value of shape " + x.described() + " without channels");
    }
    boolean oldTraining = node.opset() < 7 ? node.integer("is_test", 0) == 0 : true;
    if (node.integer("training_mode", 0) != 0
        || node.opset() < 14 && node.outputCount() > 1 && oldTraining) {
      throw call.refuse(
          "was exported in training mode, where it normalizes by the batch; export the model for"
              + " inference (model.eval())");
    }
    int channels = x.shape().extent(0);
    if (node.opset() < 9 && node.integer("spatial", 1) == 0 && x.shape().positions() != 1) {
      throw call.refuse(
          "normalizes each position by itself (spatial=0), expected one scale per channel; export"
              + " the model with opset 9 or later");
    }
    String[] what = {"scale", "shift", "mean", "variance"};
    Constant[] c = new Constant[4];
    for (int i = 0; i < 4; i++) {
      c[i] = call.constant(i + 1, what[i]);
      if (c[i].size() != channels) {
        throw call.refuse(
            "has a "
                + what[i]
                + " "
                + c[i].described()
                + ", expected one number for each of "
                + channels
                + " channels");
      }
    }
    double epsilon = node.number("epsilon", (float) 1e-5);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int s = 0; s < channels; s++) {
      double variance = c[3].get(s) + epsilon;
      if (!(variance > 0)) {
        throw call.refuse(
            "has variance + epsilon = "
                + variance
                + " in channel "
                + s
                + ", expected a positive number; the file is damaged");
      }
      scale[s] = c[0].get(s) / Math.sqrt(variance);
      shift[s] = c[1].get(s) - c[2].get(s) * scale[s];
    }
    Step.Weights factor = computed(call, c[0], scale);
    Step.Weights summand = computed(call, c[1], shift);
    return x.with(call.draft().affine(node, node.layerName(c[0]), x.step(), factor, summand));
  }

  private static Step.Weights computed(Call call, Constant source, double[] values) {
    call.context().perChannel(source);
    return call.context().weights(source.withRoot(null), values, values.length);
  }
}
