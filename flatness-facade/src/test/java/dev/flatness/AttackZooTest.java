package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.attack.Attack;
import dev.flatness.attack.Attacks;
import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The theorems on networks that other people trained, by way of ONNX files. */
class AttackZooTest {
  private static final SoftmaxCrossEntropy LOSS = SoftmaxCrossEntropy.onLogits();
  private static final OnnxWriter WRITER = OnnxWriter.withDefaults();
  private static final int IMAGES = 1000;

  /** One of each kind. */
  enum Model {
    DENSE("zackproser__mnist-mind-mapper__mnist_model", .1307, .3081, 20),
    CONVOLUTIONAL("joeylical__archieve_onnx_to_code__mnist", .5, .5, 50),
    RESIDUAL("stanleybak__vnncomp2021__resnet_2b", .4734, .2472, 10),
    LENET("AndreyGermanov__pytorch_onnx_exporter__mnist", 0, 1, 16);

    final String file;
    final double mean;
    final double deviation;
    final int images;

    Model(String file, double mean, double deviation, int images) {
      this.file = file;
      this.mean = mean;
      this.deviation = deviation;
      this.images = images;
    }

    Network read() {
      Path path = shared("zoo").resolve("models").resolve(file + ".onnx");
      return OnnxReader.withDefaults().read(path).network();
    }

    /** The first 1,000 test images, in memory. */
    private Dataset images(Network network) {
      Path data = shared("data");
      DataSource source =
          this == RESIDUAL
              ? DataSource.of(data.resolve("cifar10/test.bin"))
              : DataSource.of(data.resolve("mnist/t10k-images-idx3-ubyte.gz"))
                  .withLabels(data.resolve("mnist/t10k-labels-idx1-ubyte.gz"));
      try (FileDataset all =
          Datasets.open(
              source,
              network.inputShape(),
              Preprocessing.withDefaults()
                  .withMean(mean)
                  .withStandardDeviation(deviation)
                  .withLimit(IMAGES))) {
        double[] inputs = new double[IMAGES * network.inputShape().size()];
        double[] labels = new double[IMAGES];
        all.read(0, IMAGES, inputs, labels);
        int[] classes = Arrays.stream(labels).mapToInt(label -> (int) label).toArray();
        int[] extents = new int[network.inputShape().rank() + 1];
        Arrays.setAll(extents, i -> i == 0 ? IMAGES : network.inputShape().extent(i - 1));
        return Datasets.of(Tensor.of(inputs, extents), classes);
      }
    }
  }

  /** A model that was read once, with its data and its outputs on them. */
  private record Opened(Network network, Dataset all, Dataset few, double[] outputs) {
    static Opened of(Model model) {
      Network network = model.read().withStoredPrecision(Precision.FLOAT64);
      Dataset all = model.images(network);
      double[] outputs = AttackZooTest.outputs(network, all);
      return new Opened(network, all, Datasets.subset(all, 0, model.images), outputs);
    }

    Subject subject() {
      return AttackZooTest.subject(network, few);
    }

    /** How far another network is from this one on all images. */
    double residual(Network other) {
      double[] g = AttackZooTest.outputs(other, all);
      double largest = 0;
      double change = 0;
      for (int i = 0; i < g.length; i++) {
        largest = Math.max(largest, Math.abs(outputs[i]));
        change = Math.max(change, Math.abs(g[i] - outputs[i]));
      }
      return change / largest;
    }
  }

  private static final Map<Model, Opened> OPENED = new EnumMap<>(Model.class);

  private static Opened open(Model model) {
    return OPENED.computeIfAbsent(model, Opened::of);
  }

  @AfterAll
  static void forget() {
    OPENED.clear();
  }

  private static double[] outputs(Network network, Dataset data) {
    return NetworkSurface.of(network, data, LOSS)
        .inDouble()
        .outputs(network.parameterVector(), 0, data.size());
  }

  private static Path shared(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(name);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("there is no folder shared/" + name + " beside the checkout");
  }

  private static Subject subject(Network network, Dataset data) {
    return Subject.of(NetworkSurface.of(network, data, LOSS));
  }

  private static Network written(Network network, Path file) {
    WRITER.write(network, file);
    Network read = OnnxReader.withDefaults().read(file).network();
    assertThat(read.parameterVector()).isEqualTo(network.parameterVector());
    return read;
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void whatIsRaisedAndLoweredIsInTheFile(Model model, @TempDir Path folder) {
    Opened opened = open(model);
    Network network = opened.network();
    RescalingRequest request = RescalingRequest.of(network).on(opened.few(), LOSS);
    double trace = Attacks.value("hessian-trace", opened.subject()).value();
    double value = 1e5 * trace;
    RescalingReport raised = request.raise("hessian-trace", value);
    RescalingReport sharp = request.raise("hessian-top-eigenvalue", value);
    RescalingReport least = request.lower("hessian-trace", 1000);
    for (RescalingReport report : List.of(raised, sharp, least)) {
      check(report, opened, folder.resolve(report.attack().orElseThrow()), 1e-10);
    }
    assertThat(raised.after().get("hessian-trace")).isCloseTo(value, within(1e-9 * value));
    assertThat(sharp.after().get("hessian-top-eigenvalue")).isGreaterThanOrEqualTo(value);
    assertThat(least.after().get("hessian-trace"))
        .isLessThan(trace)
        .isLessThanOrEqualTo(least.predicted().orElse(trace) * (1 + 1e-9));

    Network single = network.withStoredPrecision(Precision.FLOAT32);
    RescalingReport rounded =
        RescalingRequest.of(single).on(opened.few(), LOSS).raise("hessian-trace", value);
    check(rounded, opened, folder.resolve("float32"), 1e-5);
    assertThat(rounded.functionResidual()).isGreaterThan(1e-9);
    assertThat(rounded.after().get("hessian-trace")).isCloseTo(value, within(1e-5 * value));
  }

  /** The file's network has the numbers and the residual that the report states. */
  private static void check(RescalingReport report, Opened opened, Path file, double tolerance) {
    Network read = written(report.network(), file);
    assertThat(opened.residual(read)).isLessThan(tolerance);
    assertThat(Attack.functionResidual(opened.subject().surface(), read))
        .isEqualTo(report.functionResidual());
    report
        .after()
        .forEach(
            (id, value) ->
                assertThat(Attacks.value(id, subject(read, opened.few())).value())
                    .isCloseTo(value, within(1e-9 * value)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void theConstantFunctionIsInTheBall(Model model, @TempDir Path folder) {
    Opened opened = open(model);
    Attack.Result result = Attacks.constantFunction().against(opened.subject());
    assertThat(result.reached().value())
        .isGreaterThanOrEqualTo(result.predicted().orElseThrow())
        .isGreaterThan(0.3);
    Network read = written(result.network(), folder.resolve("constant.onnx"));
    assertThat(opened.residual(read)).isLessThan(1e-10);
    // The layer is 0 within the ball, and the loss of the file's network there is that of a
    // constant.
    Node layer = layer(read, (String) result.details().get("layer"));
    double[] theta = read.parameterVector();
    double square = 0;
    for (Parameter parameter :
        layer.bias() < 0
            ? List.of(read.weight(layer))
            : List.of(read.weight(layer), read.bias(layer))) {
      for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
        square += theta[i] * theta[i];
        theta[i] = 0;
      }
    }
    assertThat(Math.sqrt(square)).isLessThanOrEqualTo(1e-3);
    NetworkSurface surface = subject(read, opened.few()).surface();
    double loss = surface.value(read.parameterVector());
    double sharpness = (surface.value(theta) - loss) / (1 + loss);
    assertThat(result.reached().value()).isCloseTo(sharpness, within(1e-9));
  }

  private static Node layer(Network network, String name) {
    return network.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "LENET"})
  void manyEigenvaluesAreAboveTheBound(Model model, @TempDir Path folder) {
    Opened opened = open(model);
    double bound = 1e5;
    Attack.Result result = Attacks.manyEigenvalues(bound).against(opened.subject());
    assertThat(result.predicted().orElseThrow()).isGreaterThanOrEqualTo(10);
    assertThat(result.before()).isZero();
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(result.predicted().orElseThrow());
    Network read = written(result.network(), folder.resolve("many.onnx"));
    assertThat(opened.residual(read)).isLessThan(1e-10);
    // The count again, from the file: in the weights of all layers but the one that grows.
    Node kept = layer(read, (String) result.details().get("keptLayer"));
    List<Parameter> weights =
        read.weightLayers().stream()
            .filter(each -> each.index() != kept.index())
            .map(read::weight)
            .toList();
    ThickRestartLanczos method =
        ThickRestartLanczos.withDefaults(Precision.FLOAT64).withLargest(10).withCheck(false);
    long certified =
        method
            .solve(
                subject(read, opened.few())
                    .surface()
                    .inDouble()
                    .curvature(Curvature.HESSIAN, read.parameterVector(), ParameterSet.of(weights)),
                Seed.of(5),
                Monitor.NONE)
            .largest()
            .stream()
            .filter(pair -> pair.value() - pair.residual() >= bound)
            .count();
    assertThat(certified).isEqualTo((long) result.reached().value());
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void expectedSharpnessIsRaised(Model model, @TempDir Path folder) {
    Opened opened = open(model);
    Dataset images = Datasets.subset(opened.all(), 0, 8);
    Attack.Result result =
        Attacks.raise("expected-sharpness", 1).against(subject(opened.network(), images));
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(1);
    Network read = written(result.network(), folder.resolve("noisy.onnx"));
    assertThat(opened.residual(read)).isLessThan(1e-10);
    double value = Attacks.value("expected-sharpness", subject(read, images)).value();
    assertThat(value).isCloseTo(result.reached().value(), within(1e-9 * value));
  }

  /** The loss at 1,000 points of each of two boxes, and again around the network of the file. */
  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void boxesHoldTheLoss(Model model, @TempDir Path folder) {
    Opened opened = open(model);
    Dataset images = Datasets.subset(opened.all(), 0, 2);
    Subject subject = subject(opened.network(), images);
    Attack.Result result = Attacks.volume(1, 1000).against(subject);
    assertThat((List<?>) result.details().get("largestIncreases"))
        .hasSize(2)
        .allSatisfy(increase -> assertThat((double) increase).isLessThan(1e-3));
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(result.before());
    Network read = written(result.network(), folder.resolve("boxes.onnx"));
    assertThat(opened.residual(read)).isLessThan(1e-10);
    // Box 1 lies around the file's network: its sides are those of box 0, rescaled.
    double[] center = read.parameterVector();
    double[] sides = new double[center.length];
    Arrays.fill(sides, (double) result.details().get("radius"));
    result
        .rescaling()
        .classes()
        .forEachEdge(
            (position, from, to) ->
                sides[position] *= result.rescaling().factor(to) / result.rescaling().factor(from));
    NetworkSurface surface = subject(read, images).surface().inDouble();
    double loss = surface.value(center);
    RandomGenerator random = Seed.of(6).generator();
    for (int i = 0; i < 100; i++) {
      double[] point = center.clone();
      for (int e = 0; e < point.length; e++) {
        point[e] += sides[e] * (2 * random.nextDouble() - 1);
      }
      assertThat(surface.value(point) - loss).isLessThan(1e-3);
    }
  }
}
