package dev.flatness.dl4j;

import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;

/** The step of each kind of layer. */
final class Layers {
  private Layers() {}

  /**
   * Finds the step.
   *
   * @throws NoCounterpartException if there is none, with the reason
   */
  static Step step(Layer layer) {
    Class<?> kind = layer.getClass();
    if (kind == DenseLayer.class) {
      DenseLayer dense = (DenseLayer) layer;
      if (dense.hasLayerNorm()) {
        throw new NoCounterpartException("it normalizes its values (hasLayerNorm)");
      }
      return activated(Weights.dense(dense, dense.hasBias()), dense);
    } else if (kind == OutputLayer.class) {
      OutputLayer output = (OutputLayer) layer;
      return activated(Weights.dense(output, output.hasBias()), output);
    } else if (kind == LossLayer.class) {
      return Activations.step(((LossLayer) layer).getActivationFn());
    } else if (kind == ActivationLayer.class) {
      return Activations.step(((ActivationLayer) layer).getActivationFn());
    } else if (kind == DropoutLayer.class) {
      return Step.NOTHING;
    } else if (kind == ConvolutionLayer.class || kind == Convolution2D.class) {
      ConvolutionLayer convolution = (ConvolutionLayer) layer;
      return activated(Weights.convolution(convolution), convolution);
    } else if (kind == DepthwiseConvolution2D.class) {
      DepthwiseConvolution2D convolution = (DepthwiseConvolution2D) layer;
      return activated(Weights.depthwise(convolution), convolution);
    } else if (kind == SeparableConvolution2D.class) {
      SeparableConvolution2D convolution = (SeparableConvolution2D) layer;
      return activated(Weights.separable(convolution), convolution);
    } else if (kind == BatchNormalization.class) {
      return Weights.normalization((BatchNormalization) layer); // DL4J applies no activation
    } else if (kind == ElementWiseMultiplicationLayer.class) {
      ElementWiseMultiplicationLayer product = (ElementWiseMultiplicationLayer) layer;
      return activated(Weights.product(product), product);
    } else if (kind == PReLULayer.class) {
      return Weights.parametricRelu((PReLULayer) layer);
    } else if (kind == SubsamplingLayer.class || kind == Pooling2D.class) {
      return subsampling((SubsamplingLayer) layer);
    } else if (kind == GlobalPoolingLayer.class) {
      return globalPooling((GlobalPoolingLayer) layer);
    }
    return moving(layer);
  }

  private static Step moving(Layer layer) {
    Class<?> kind = layer.getClass();
    if (kind == ZeroPaddingLayer.class) {
      ZeroPaddingLayer padding = (ZeroPaddingLayer) layer;
      Windows.requireChannelsFirst(padding.getDataFormat());
      int[] p = four(padding.getPadding());
      return (assembly, read) ->
          assembly.builder().zeroPad(assembly.name(), read[0], p[0], p[2], p[1], p[3]);
    } else if (kind == Cropping2D.class) {
      Cropping2D cropping = (Cropping2D) layer;
      Windows.requireChannelsFirst(cropping.getDataFormat());
      int[] c = four(cropping.getCropping());
      return (assembly, read) -> {
        Shape x = map(assembly, read[0]);
        return Selection.of(
            assembly,
            read[0],
            Shape.of(x.extent(0), x.extent(1) - c[0] - c[1], x.extent(2) - c[2] - c[3]),
            at -> new int[] {at[0], at[1] + c[0], at[2] + c[2]});
      };
    } else if (kind == Upsampling2D.class) {
      Upsampling2D upsampling = (Upsampling2D) layer;
      Windows.requireChannelsFirst(upsampling.getFormat());
      int[] s = upsampling.getSize();
      if (s == null || s.length != 2 || Math.min(s[0], s[1]) < 1) {
        throw new NoCounterpartException("its size is " + Arrays.toString(s));
      }
      return (assembly, read) -> {
        Shape x = map(assembly, read[0]);
        return Selection.of(
            assembly,
            read[0],
            Shape.of(
                x.extent(0),
                Math.multiplyExact(x.extent(1), s[0]),
                Math.multiplyExact(x.extent(2), s[1])),
            at -> new int[] {at[0], at[1] / s[0], at[2] / s[1]});
      };
    }
    throw new NoCounterpartException("there is no such layer here");
  }

  private static Step activated(Step step, BaseLayer layer) {
    return step.then(Activations.step(layer.getActivationFn()));
  }

  private static Step subsampling(SubsamplingLayer layer) {
    Windows.requireChannelsFirst(layer.getCnn2dDataFormat());
    PoolingType type = supported(layer.getPoolingType());
    if (type == PoolingType.SUM) {
      throw new NoCounterpartException("it pools by SUM, which DL4J itself does not evaluate");
    }
    int[] dilation = layer.getDilation() == null ? new int[] {1, 1} : layer.getDilation();
    Windows windows =
        new Windows(
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            dilation,
            layer.getConvolutionMode());
    if (type == PoolingType.AVG && (dilation[0] > 1 || dilation[1] > 1)) {
      throw new NoCounterpartException(
          "it averages with the dilation "
              + dilation[0]
              + "×"
              + dilation[1]
              + ", expected 1×1; pool without dilation, or by MAX");
    }
    boolean counts = layer.isAvgPoolIncludePadInDivisor();
    return (assembly, read) -> {
      Window window = windows.at(map(assembly, read[0]));
      return pooled(assembly, type, read[0], window, counts);
    };
  }

  private static Step globalPooling(GlobalPoolingLayer layer) {
    PoolingType type = supported(layer.getPoolingType());
    int[] axes = layer.getPoolingDimensions();
    if (axes != null && !Arrays.equals(axes, new int[] {2, 3})) {
      throw new NoCounterpartException(
          "it pools over the axes " + Arrays.toString(axes) + ", expected 2 and 3");
    }
    return (assembly, read) -> {
      Shape x = map(assembly, read[0]);
      Window window = Window.of(x.extent(1), x.extent(2));
      int pooled = pooled(assembly, type, read[0], window, false);
      return layer.isCollapseDimensions()
          ? assembly.builder().flatten(assembly.name(".flatten"), pooled)
          : pooled;
    };
  }

  private static PoolingType supported(PoolingType type) {
    if (type == PoolingType.MAX || type == PoolingType.AVG || type == PoolingType.SUM) {
      return type;
    }
    throw new NoCounterpartException("it pools by " + type + ", expected MAX, AVG or SUM");
  }

  private static int pooled(
      Assembly assembly, PoolingType type, int read, Window window, boolean countPadding) {
    GraphBuilder builder = assembly.builder();
    if (type == PoolingType.MAX) {
      return builder.maxPool(assembly.name(), read, window);
    }
    int mean = builder.averagePool(assembly.name(), read, window, countPadding);
    if (type == PoolingType.AVG) {
      return mean;
    }
    return builder.constant(
        assembly.name(".sum"), mean, List.of((double) window.taps()), List.of(0.0));
  }

  private static int[] four(int[] values) {
    if (values == null || values.length != 4 || Arrays.stream(values).anyMatch(v -> v < 0)) {
      throw new NoCounterpartException(
          "it has the margins " + Arrays.toString(values) + ", expected four numbers from 0");
    }
    return values;
  }

  static Shape map(Assembly assembly, int node) {
    Shape shape = assembly.builder().shape(node);
    if (shape.rank() != 3) {
      throw new IllegalArgumentException(
          "layer \""
              + assembly.name()
              + "\" reads a value of shape "
              + shape
              + ", expected [channels, height, width]");
    }
    return shape;
  }
}
