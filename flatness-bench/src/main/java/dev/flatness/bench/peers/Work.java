package dev.flatness.bench.peers;

import dev.flatness.bench.NoisyClasses;
import dev.flatness.bench.RandomImages;
import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network and samples: random weights and random images, or a network trained on noisy classes;
 * all from fixed seeds.
 *
 * @param name what the tasks call it
 * @param network the network
 * @param data the samples
 * @param batch the peer's batch
 * @param weights the seed of the weights
 */
record Work(String name, Network network, Dataset data, int batch, int weights) {
  /** Training stops before the wrong labels are known by heart. */
  static final int EPOCHS = 5;

  private static final int CLASSES = 10;

  /** The perceptron 784-50-50-50-30-10, 2,000 samples. */
  static Work mlp() {
    return perceptron("mlp", List.of(50, 50, 50, 30), Activation.RELU, 2000);
  }

  static Work perceptron(String name, List<Integer> hidden, Activation activation, int samples) {
    Network net = Architectures.perceptron(Shape.of(784), hidden, CLASSES, activation);
    return of(name, net, samples, samples);
  }

  /**
   * The perceptron trained on noisy classes: spectra of trained networks are what users ask for.
   */
  static Work trainedMlp(Activation activation, int epochs) {
    return perceptron("mlp-trained", List.of(50, 50, 50, 30), activation, 2000).trained(epochs);
  }

  /** LeNet-5 trained on noisy classes. */
  static Work trainedLenet(int samples) {
    Network net = Architectures.lenet5(Shape.of(3, 32, 32), CLASSES);
    return of("lenet-trained", net, samples, 512).trained(EPOCHS);
  }

  private Work trained(int epochs) {
    Dataset task = new NoisyClasses(network.inputShape(), data.size(), CLASSES);
    Network result =
        SgdTrainer.withDefaults()
            .withEpochs(epochs)
            .train(network, task, SoftmaxCrossEntropy.onLogits(), Seed.of(3))
            .network();
    return new Work(name, result, task, batch, weights);
  }

  /** LeNet-5 on images of 3×32×32 in batches of 512. */
  static Work lenet(int samples) {
    return of("lenet", Architectures.lenet5(Shape.of(3, 32, 32), CLASSES), samples, 512);
  }

  /** LeNet-5 on images of 28×28. */
  static Work digits(int samples) {
    return of("lenet-28x28", Architectures.lenet5(Shape.of(1, 28, 28), CLASSES), samples, samples);
  }

  /** Seventeen 3×3 convolutions of widths 16, 32 and 64 and a dense layer, batch 128. */
  static Work plainnet18() {
    GraphBuilder graph = Network.builder(3, 32, 32);
    int at = graph.input();
    int[] widths = {16, 16, 16, 16, 16, 32, 32, 32, 32, 32, 32, 64, 64, 64, 64, 64, 64};
    int last = 16;
    int i = 0;
    for (int width : widths) {
      at = convolution(graph, "conv" + ++i, at, width, 3, width == last ? 1 : 2, 1);
      last = width;
    }
    at = graph.flatten("flatten", graph.globalAveragePool("pool", at));
    return of("plainnet18", graph.build(dense(graph, "fc", at, CLASSES)), 128, 128);
  }

  /** Two networks that no task names: a perceptron and a convolutional one. */
  static List<Work> random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> hidden = new ArrayList<>();
    for (int depth = random.nextInt(2, 7); depth > 0; depth--) {
      hidden.add(random.nextInt(16, 257));
    }
    Work perceptron =
        perceptron("random-mlp", hidden, Activation.RELU, 100 * random.nextInt(8, 41));
    GraphBuilder graph = Network.builder(3, 32, 32);
    int at = graph.input();
    int depth = random.nextInt(2, 7);
    for (int i = 1; i <= depth; i++) {
      int kernel = 1 + 2 * random.nextInt(1, 3);
      int width = random.nextInt(4, 49);
      boolean pool = i % 2 == 0 && graph.shape(at).extent(1) >= 8;
      at = convolution(graph, "conv" + i, at, width, kernel, 1, kernel / 2);
      at = pool ? graph.maxPool("pool" + i, at, Window.of(2, 2).withStride(2)) : at;
    }
    at = graph.flatten("flatten", graph.globalAveragePool("pool", at));
    Work convolutional = of("random-cnn", graph.build(dense(graph, "fc", at, CLASSES)), 128, 128);
    return List.of(perceptron, convolutional);
  }

  private static Work of(String name, Network zero, int samples, int batch) {
    return new Work(name, zero, new RandomImages(zero.inputShape(), samples, CLASSES), batch, 0)
        .drawn(1);
  }

  /** The same with weights from another seed. */
  Work drawn(int seed) {
    return new Work(name, Initialization.KAIMING.draw(network, Seed.of(seed)), data, batch, seed);
  }

  private static int convolution(
      GraphBuilder graph, String name, int input, int width, int kernel, int stride, int padding) {
    int channels = graph.shape(input).extent(0);
    Tensor weight =
        Tensor.of(new double[width * channels * kernel * kernel], width, channels, kernel, kernel);
    Window window = Window.of(kernel, kernel).withStride(stride).withPadding(padding);
    int at = graph.convolution(name, input, weight, Tensor.of(new double[width], width), window, 1);
    return graph.activate(name + ".relu", at, Activation.RELU);
  }

  private static int dense(GraphBuilder graph, String name, int input, int outputs) {
    int inputs = graph.shape(input).size();
    Tensor weight = Tensor.of(new double[outputs * inputs], outputs, inputs);
    return graph.dense(name, input, weight, Tensor.of(new double[outputs], outputs));
  }

  /** Our surface. */
  NetworkSurface surface(Precision precision, int threads, boolean cached) {
    return surface(
        SurfaceOptions.withDefaults()
            .withPrecision(precision)
            .withThreads(threads)
            .withActivationBytes(cached ? 1L << 32 : 0));
  }

  /** Our surface in double on plain loops, which neither side's float kernels share. */
  NetworkSurface reference() {
    return surface(
        SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT64).withGemm("plain"));
  }

  private NetworkSurface surface(SurfaceOptions options) {
    return NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits(), options);
  }

  /** Some directions. */
  double[][] vectors(int count) {
    double[][] vectors = new double[count][];
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(100 + i);
      vectors[i] = random.doubles(network.parameterCount(), -1, 1).toArray();
    }
    return vectors;
  }
}
