package dev.flatness.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Models of DL4J with random parameters, one for each kind of layer. */
final class Models {
  static final int[] IMAGE = {3, 9, 8};

  private Models() {}

  static NeuralNetConfiguration.Builder configuration(DataType type) {
    return new NeuralNetConfiguration.Builder().dataType(type).seed(7).activation(Activation.TANH);
  }

  static MultiLayerNetwork chain(DataType type, InputType input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = configuration(type).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork model =
        new MultiLayerNetwork(list.setInputType(input).validateOutputLayerConfig(false).build());
    model.init();
    return random(model, 11);
  }

  static InputType image() {
    return InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0]);
  }

  static OutputLayer softmax(int outputs) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(outputs)
        .activation(Activation.SOFTMAX)
        .build();
  }

  static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  static ConvolutionLayer.Builder convolution(int outputs, int height, int width) {
    return new ConvolutionLayer.Builder(height, width).nOut(outputs);
  }

  /** A chain on images: the layers, then a softmax layer. */
  private static Supplier<Model> map(DataType type, Layer... layers) {
    return () -> {
      Layer[] all = java.util.Arrays.copyOf(layers, layers.length + 1);
      all[layers.length] = softmax(3);
      return chain(type, image(), all);
    };
  }

  private static Supplier<Model> vector(DataType type, Layer... layers) {
    return () -> {
      Layer[] all = java.util.Arrays.copyOf(layers, layers.length + 1);
      all[layers.length] = softmax(3);
      return chain(type, InputType.feedForward(6), all);
    };
  }

  /** Random parameters, variances positive. */
  static <M extends Model> M random(M model, long seed) {
    Random random = new Random(seed);
    Map<String, INDArray> table = new java.util.TreeMap<>(model.paramTable());
    table.forEach(
        (name, array) -> {
          double[] values = new double[(int) array.length()];
          // Large sums would saturate the softmax, where DL4J limits the probabilities.
          double spread = values.length > 200 ? 0.1 : 0.5;
          for (int i = 0; i < values.length; i++) {
            values[i] =
                name.endsWith("_var")
                    ? 0.5 + random.nextDouble()
                    : (name.endsWith("_log10stdev") ? 0.1 : spread) * random.nextGaussian();
          }
          Entries.write(values, array);
        });
    return model;
  }

  static Map<String, Supplier<Model>> all(DataType type) {
    Map<String, Supplier<Model>> all = new LinkedHashMap<>();
    all.put("dense", vector(type, dense(5)));
    all.put(
        "dense without bias",
        vector(type, new DenseLayer.Builder().nOut(5).hasBias(false).build()));
    all.put("activation layer", vector(type, new ActivationLayer(Activation.SOFTSIGN)));
    all.put(
        "dropout",
        vector(type, new DenseLayer.Builder().nOut(5).dropOut(0.5).build(), new DropoutLayer(0.3)));
    all.put("frozen", vector(type, new FrozenLayer(dense(5))));
    all.put(
        "element-wise product",
        vector(type, new ElementWiseMultiplicationLayer.Builder().nIn(6).nOut(6).build()));
    all.put(
        "normalized vector",
        vector(type, dense(5), new BatchNormalization.Builder().eps(1e-2).build()));
    all.put(
        "normalized, variance",
        vector(type, dense(5), new BatchNormalization.Builder().useLogStd(false).build()));
    all.put(
        "normalized, fixed",
        vector(
            type,
            dense(5),
            new BatchNormalization.Builder().lockGammaBeta(true).gamma(1.5).beta(0.25).build()));
    all.put(
        "loss layer",
        () ->
            chain(
                type,
                InputType.feedForward(6),
                dense(3),
                new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()));
    for (ConvolutionMode mode :
        new ConvolutionMode[] {ConvolutionMode.Truncate, ConvolutionMode.Same}) {
      all.put(
          "convolution " + mode,
          map(type, convolution(4, 3, 2).stride(2, 1).convolutionMode(mode).build()));
      all.put(
          "dilated convolution " + mode,
          map(type, convolution(4, 3, 2).dilation(2, 3).convolutionMode(mode).build()));
      all.put(
          "strided convolution " + mode,
          map(type, convolution(4, 2, 3).stride(3, 2).convolutionMode(mode).build()));
      all.put(
          "depthwise " + mode,
          map(
              type,
              new DepthwiseConvolution2D.Builder(3, 2)
                  .depthMultiplier(2)
                  .stride(2, 1)
                  .convolutionMode(mode)
                  .build()));
      all.put(
          "separable " + mode,
          map(
              type,
              new SeparableConvolution2D.Builder(3, 2)
                  .depthMultiplier(2)
                  .nOut(5)
                  .stride(1, 2)
                  .convolutionMode(mode)
                  .build()));
      for (PoolingType pooling : new PoolingType[] {PoolingType.MAX, PoolingType.AVG}) {
        all.put(
            pooling + " pooling " + mode,
            map(
                type,
                convolution(4, 2, 2).build(),
                new SubsamplingLayer.Builder(pooling)
                    .kernelSize(3, 2)
                    .stride(2, 2)
                    .convolutionMode(mode)
                    .build()));
      }
      all.put(
          "mean pooling counting padding " + mode,
          map(
              type,
              convolution(4, 2, 2).build(),
              new SubsamplingLayer.Builder(PoolingType.AVG)
                  .kernelSize(3, 2)
                  .stride(2, 2)
                  .avgPoolIncludePadInDivisor(true)
                  .convolutionMode(mode)
                  .build()));
      all.put(
          "dilated max pooling " + mode,
          map(
              type,
              convolution(4, 2, 2).build(),
              new SubsamplingLayer.Builder(PoolingType.MAX)
                  .kernelSize(2, 2)
                  .dilation(2, 2)
                  .stride(1, 1)
                  .convolutionMode(mode)
                  .build()));
    }
    for (PoolingType pooling :
        new PoolingType[] {PoolingType.MAX, PoolingType.AVG, PoolingType.SUM}) {
      if (pooling != PoolingType.SUM) {
        all.put(
            "padded " + pooling + " pooling",
            map(
                type,
                convolution(4, 2, 2).build(),
                new SubsamplingLayer.Builder(pooling)
                    .kernelSize(3, 3)
                    .stride(2, 2)
                    .padding(1, 1)
                    .build()));
      }
      all.put(
          "global " + pooling + " pooling",
          map(type, convolution(4, 2, 2).build(), new GlobalPoolingLayer.Builder(pooling).build()));
    }
    all.put(
        "padded mean pooling counting padding",
        map(
            type,
            convolution(4, 2, 2).build(),
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .avgPoolIncludePadInDivisor(true)
                .build()));
    all.put(
        "global pooling that keeps axes",
        map(
            type,
            convolution(4, 2, 2).build(),
            new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build()));
    all.put(
        "convolution with padding",
        map(type, convolution(4, 3, 3).padding(1, 2).stride(2, 2).build()));
    all.put("convolution without bias", map(type, convolution(4, 3, 3).hasBias(false).build()));
    all.put("normalized map", map(type, convolution(4, 2, 2).build(), new BatchNormalization()));
    all.put("normalized input", map(type, new BatchNormalization(), convolution(4, 2, 2).build()));
    all.put(
        "PReLU",
        map(
            type,
            convolution(4, 2, 2).build(),
            new PReLULayer.Builder().inputShape(4, 8, 7).sharedAxes(2, 3).build()));
    all.put(
        "padding",
        map(type, new ZeroPaddingLayer.Builder(1, 2, 3, 0).build(), convolution(4, 3, 3).build()));
    all.put(
        "cropping",
        map(type, convolution(4, 2, 2).build(), new Cropping2D.Builder(1, 2, 0, 3).build()));
    all.put(
        "upsampling",
        map(
            type,
            convolution(2, 2, 2).build(),
            new Upsampling2D.Builder().size(new int[] {2, 3}).build()));
    all.put(
        "flat images",
        () ->
            chain(
                type,
                InputType.convolutionalFlat(9, 8, 3),
                convolution(4, 3, 3).build(),
                dense(5),
                softmax(3)));
    all.put("graph", () -> graph(type));
    all.put("residual graph", () -> residual(type));
    return all;
  }

  /** Vertices on vectors. */
  static ComputationGraph graph(DataType type) {
    GraphBuilder graph = configuration(type).graphBuilder().addInputs("in");
    graph.addLayer("a", dense(4), "in").addLayer("b", dense(4), "in");
    graph.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b");
    graph.addVertex("difference", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "a", "b");
    graph.addVertex("mean", new ElementWiseVertex(ElementWiseVertex.Op.Average), "a", "b", "sum");
    graph.addVertex("scaled", new ScaleVertex(-1.5), "mean");
    graph.addVertex("shifted", new ShiftVertex(0.5), "scaled");
    graph.addVertex("merged", new MergeVertex(), "difference", "shifted", "sum");
    graph.addVertex("subset", new SubsetVertex(2, 9), "merged");
    graph.addLayer("c", dense(6), "subset", "a");
    graph.addLayer("out", softmax(3), "c").setOutputs("out");
    return started(graph, InputType.feedForward(6));
  }

  /** Vertices on feature maps. */
  static ComputationGraph residual(DataType type) {
    GraphBuilder graph = configuration(type).graphBuilder().addInputs("in");
    graph.addLayer("c1", convolution(4, 3, 3).convolutionMode(ConvolutionMode.Same).build(), "in");
    graph.addLayer("bn", new BatchNormalization(), "c1");
    graph.addLayer("relu", new ActivationLayer(Activation.RELU), "bn");
    graph.addLayer(
        "c2", convolution(4, 3, 3).convolutionMode(ConvolutionMode.Same).build(), "relu");
    graph.addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c2", "c1");
    graph.addVertex("merge", new MergeVertex(), "add", "in");
    graph.addVertex("some", new SubsetVertex(1, 5), "merge");
    graph.addVertex(
        "flat", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(9, 8, 5)), "some");
    graph.addVertex("shaped", new ReshapeVertex(-1, 360), "flat");
    graph.addLayer("out", softmax(3), "shaped").setOutputs("out");
    return started(graph, image());
  }

  private static ComputationGraph started(GraphBuilder graph, InputType input) {
    ComputationGraph model = new ComputationGraph(graph.setInputTypes(input).build());
    model.init();
    return random(model, 12);
  }

  /** A perceptron with an activation in its middle. */
  static MultiLayerNetwork activated(IActivation activation) {
    return chain(
        DataType.DOUBLE,
        InputType.feedForward(6),
        dense(5),
        new DenseLayer.Builder().nOut(5).activation(activation).build(),
        softmax(3));
  }

  /** The shape to give where the configuration has none. */
  static int[] shape(Model model) {
    try {
      of(model);
      return new int[0];
    } catch (IllegalArgumentException e) {
      if (!String.valueOf(e.getMessage()).contains("does not hold the shape of the input")) {
        throw e;
      }
      return IMAGE;
    }
  }

  static Dl4jNetwork<? extends Model> of(Model model, int... shape) {
    return model instanceof MultiLayerNetwork chain
        ? Dl4jNetwork.of(chain, shape)
        : Dl4jNetwork.of((ComputationGraph) model, shape);
  }
}
