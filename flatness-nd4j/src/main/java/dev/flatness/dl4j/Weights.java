package dev.flatness.dl4j;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Window;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps for layers that hold parameters. */
final class Weights {
  private Weights() {}

  /** DL4J's [in, out] is the transpose of [out, in]. */
  static Step dense(FeedForwardLayer layer, boolean hasBias) {
    int inputs = extent("inputs", layer.getNIn());
    int outputs = extent("outputs", layer.getNOut());
    requireFits((long) inputs * outputs);
    return (assembly, read) -> {
      String name = assembly.name();
      String key = assembly.parameter("W");
      assembly.writeBack(
          (values, model) ->
              Entries.write(
                  Entries.transposed(values.apply(name + ".weight"), outputs),
                  Assembly.array(model, key)));
      double[] weight = Entries.transposed(Entries.of(assembly.array("W")), inputs);
      Tensor bias = hasBias ? assembly.plain(name, ".bias", "b", outputs) : null;
      return assembly.builder().dense(name, read[0], Tensor.of(weight, outputs, inputs), bias);
    };
  }

  static Step convolution(ConvolutionLayer layer) {
    Windows windows = windows(layer);
    int inputs = extent("input channels", layer.getNIn());
    int outputs = extent("output channels", layer.getNOut());
    requireFits((double) inputs * outputs * layer.getKernelSize()[0] * layer.getKernelSize()[1]);
    return (assembly, read) -> {
      GraphBuilder builder = assembly.builder();
      String name = assembly.name();
      int[] kernel = windows.kernel();
      Tensor weight = assembly.plain(name, ".weight", "W", outputs, inputs, kernel[0], kernel[1]);
      Tensor bias = layer.hasBias() ? assembly.plain(name, ".bias", "b", outputs) : null;
      return builder.convolution(
          name, read[0], weight, bias, windows.at(builder.shape(read[0])), 1);
    };
  }

  /** DL4J's [height, width, channels, multiplier] is here [channels · multiplier, 1, …]. */
  static Step depthwise(DepthwiseConvolution2D layer) {
    Windows windows = windows(layer);
    int channels = extent("input channels", layer.getNIn());
    int multiplier = extent("outputs for a channel", layer.getDepthMultiplier());
    int[] kernel = windows.kernel();
    requireFits((double) channels * multiplier * kernel[0] * kernel[1]);
    int outputs = channels * multiplier;
    return (assembly, read) -> {
      String name = assembly.name();
      String key = assembly.parameter("W");
      assembly.writeBack(
          (values, model) ->
              Entries.write(
                  Entries.transposed(values.apply(name + ".weight"), outputs),
                  Assembly.array(model, key)));
      double[] weight = Entries.transposed(Entries.of(assembly.array("W")), kernel[0] * kernel[1]);
      Tensor bias = layer.hasBias() ? assembly.plain(name, ".bias", "b", outputs) : null;
      GraphBuilder builder = assembly.builder();
      return builder.convolution(
          name,
          read[0],
          Tensor.of(weight, outputs, 1, kernel[0], kernel[1]),
          bias,
          windows.at(builder.shape(read[0])),
          channels);
    };
  }

  /** A depthwise convolution without a bias, and a convolution of 1×1 taps. */
  static Step separable(SeparableConvolution2D layer) {
    Windows windows = windows(layer);
    int channels = extent("input channels", layer.getNIn());
    int outputs = extent("output channels", layer.getNOut());
    requireFits(layer.initializer().numParams(layer));
    return (assembly, read) -> {
      int multiplier = (int) assembly.array("W").size(0);
      GraphBuilder builder = assembly.builder();
      String first = assembly.name(".depthwise");
      int depthwise = depthwise(assembly, first, windows, channels, multiplier, read[0]);
      String name = assembly.name();
      Tensor weight = assembly.plain(name, ".weight", "pW", outputs, channels * multiplier, 1, 1);
      Tensor bias = layer.hasBias() ? assembly.plain(name, ".bias", "b", outputs) : null;
      return builder.convolution(name, depthwise, weight, bias, Window.of(1, 1), 1);
    };
  }

  /** DL4J's [multiplier, channels, height, width] is here [channels · multiplier, 1, …]. */
  private static int depthwise(
      Assembly assembly, String name, Windows windows, int channels, int multiplier, int read) {
    int[] kernel = windows.kernel();
    int taps = kernel[0] * kernel[1];
    String key = assembly.parameter("W");
    assembly.writeBack(
        (values, model) ->
            Entries.write(
                exchanged(values.apply(name + ".weight"), channels, multiplier, taps),
                Assembly.array(model, key)));
    double[] weight = exchanged(Entries.of(assembly.array("W")), multiplier, channels, taps);
    GraphBuilder builder = assembly.builder();
    return builder.convolution(
        name,
        read,
        Tensor.of(weight, channels * multiplier, 1, kernel[0], kernel[1]),
        null,
        windows.at(builder.shape(read)),
        channels);
  }

  /** [a, b, taps] as [b, a, taps]. */
  private static double[] exchanged(double[] values, int a, int b, int taps) {
    double[] result = new double[values.length];
    for (int i = 0; i < a; i++) {
      for (int j = 0; j < b; j++) {
        System.arraycopy(values, (i * b + j) * taps, result, (j * a + i) * taps, taps);
      }
    }
    return result;
  }

  /**
   * γ(x − μ)/σ + β with σ = √(v + ε) as a·x + b: a = γ/σ, b = β − aμ; written back as γ = aσ, β = b
   * + aμ.
   */
  static Step normalization(BatchNormalization layer) {
    Windows.requireChannelsFirst(layer.getCnn2DFormat());
    int channels = extent("channels", layer.getNOut());
    return (assembly, read) -> {
      double[] mean = Entries.of(assembly.array("mean"));
      double[] deviation = deviations(layer, assembly);
      boolean locked = layer.isLockGammaBeta();
      double[] scale = new double[channels];
      double[] shift = new double[channels];
      double[] gamma = locked ? scale : Entries.of(assembly.array("gamma"));
      double[] beta = locked ? shift : Entries.of(assembly.array("beta"));
      for (int c = 0; c < channels; c++) {
        double g = locked ? layer.getGamma() : gamma[c];
        double b = locked ? layer.getBeta() : beta[c];
        scale[c] = g / deviation[c];
        shift[c] = b - scale[c] * mean[c];
      }
      String name = assembly.name();
      if (locked) {
        assembly.note("batch normalization with a fixed scale and shift is made of constants");
        return assembly.builder().constant(name, read[0], list(scale), list(shift));
      }
      assembly.note(
          "batch normalization as in inference: its running mean and variance are constants, its"
              + " parameters here are the scale γ/√(v+ε) and the shift β − γμ/√(v+ε)");
      String gammaKey = assembly.parameter("gamma");
      String betaKey = assembly.parameter("beta");
      assembly.writeBack(
          (values, model) -> {
            double[] a = values.apply(name + ".weight");
            double[] b = values.apply(name + ".bias");
            for (int c = 0; c < channels; c++) {
              b[c] += a[c] * mean[c];
              a[c] *= deviation[c];
            }
            Entries.write(a, Assembly.array(model, gammaKey));
            Entries.write(b, Assembly.array(model, betaKey));
          });
      return assembly
          .builder()
          .affine(name, read[0], Tensor.of(scale, channels), Tensor.of(shift, channels));
    };
  }

  private static double[] deviations(BatchNormalization layer, Assembly assembly) {
    double[] result = Entries.of(assembly.array(layer.isUseLogStd() ? "log10stdev" : "var"));
    for (int c = 0; c < result.length; c++) {
      double variance = layer.isUseLogStd() ? Math.pow(Math.pow(10, result[c]), 2) : result[c];
      result[c] = Math.sqrt(variance + layer.getEps());
    }
    return result;
  }

  static Step product(ElementWiseMultiplicationLayer layer) {
    int features = extent("inputs", layer.getNIn());
    return (assembly, read) -> {
      String name = assembly.name();
      Tensor scale = assembly.plain(name, ".weight", "W", features);
      Tensor shift = assembly.plain(name, ".bias", "b", features);
      return assembly.builder().affine(name, read[0], scale, shift);
    };
  }

  /** The slopes are constants here, as in ONNX files. */
  static Step parametricRelu(PReLULayer layer) {
    return (assembly, read) -> {
      INDArray slopes = assembly.array("W");
      GraphBuilder builder = assembly.builder();
      int channels = builder.shape(read[0]).extent(0);
      if (slopes.length() != 1
          && (slopes.length() != channels || slopes.size(0) != 1 && slopes.size(0) != channels)) {
        assembly.refuse(
            "it has slopes of shape "
                + Arrays.toString(slopes.shape())
                + ", expected one, or one per channel; let PReLULayer share the other axes");
        return read[0];
      }
      assembly.note("the slopes of PReLU layers are constants here, no parameters");
      return builder.activate(
          assembly.name(), read[0], Activation.leakyRelu(list(Entries.of(slopes))));
    };
  }

  private static Windows windows(ConvolutionLayer layer) {
    Windows.requireChannelsFirst(layer.getCnn2dDataFormat());
    return new Windows(
        layer.getKernelSize(),
        layer.getStride(),
        layer.getPadding(),
        layer.getDilation(),
        layer.getConvolutionMode());
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static int extent(String what, long value) {
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new NoCounterpartException("it has " + value + " " + what);
    }
    return (int) value;
  }

  private static void requireFits(double parameters) {
    if (parameters > Integer.MAX_VALUE) {
      throw new NoCounterpartException("it has more than 2³¹ parameters");
    }
  }
}
