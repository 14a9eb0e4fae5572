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
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The theorems on networks that other people trained, by way of ONNX files. */
class AttackZooTest {
  private static final SoftmaxCrossEntropy LOSS = SoftmaxCrossEntropy.onLogits();
  private static final OnnxWriter WRITER = OnnxWriter.withDefaults();

  /** One of each kind. */
  enum Model {
    DENSE("zackproser__mnist-mind-mapper__mnist_model", .1307, .3081, 200),
    CONVOLUTIONAL("joeylical__archieve_onnx_to_code__mnist", .5, .5, 200),
    RESIDUAL("stanleybak__vnncomp2021__resnet_2b", .4734, .2472, 50),
    LENET("AndreyGermanov__pytorch_onnx_exporter__mnist", 0, 1, 200);

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

    FileDataset open(Network network) {
      Path data = shared("data");
      DataSource source =
          this == RESIDUAL
              ? DataSource.of(data.resolve("cifar10/test.bin"))
              : DataSource.of(data.resolve("mnist/t10k-images-idx3-ubyte.gz"))
                  .withLabels(data.resolve("mnist/t10k-labels-idx1-ubyte.gz"));
      return Datasets.open(
          source,
          network.inputShape(),
          Preprocessing.withDefaults().withMean(mean).withStandardDeviation(deviation));
    }
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
    Network network = model.read().withStoredPrecision(Precision.FLOAT64);
    try (FileDataset all = model.open(network)) {
      Dataset data = Datasets.subset(all, 0, model.images);
      RescalingRequest request = RescalingRequest.of(network).on(data, LOSS);
      double trace = Attacks.value("hessian-trace", subject(network, data)).value();
      double value = 1e5 * trace;
      RescalingReport raised = request.raise("hessian-trace", value);
      RescalingReport sharp = request.raise("hessian-top-eigenvalue", value);
      RescalingReport least = request.lower("hessian-trace", 1000);
      for (RescalingReport report : List.of(raised, sharp, least)) {
        check(report, all, data, folder.resolve(report.attack().orElseThrow()), 1e-10);
      }
      assertThat(raised.after().get("hessian-trace")).isCloseTo(value, within(1e-9 * value));
      assertThat(sharp.after().get("hessian-top-eigenvalue")).isGreaterThanOrEqualTo(value);
      assertThat(least.after().get("hessian-trace"))
          .isLessThan(trace)
          .isLessThanOrEqualTo(least.predicted().orElse(trace) * (1 + 1e-9));

      Network single = network.withStoredPrecision(Precision.FLOAT32);
      RescalingReport rounded =
          RescalingRequest.of(single).on(data, LOSS).raise("hessian-trace", value);
      check(rounded, all, data, folder.resolve("float32"), 1e-5);
      assertThat(rounded.functionResidual()).isGreaterThan(1e-9);
      assertThat(rounded.after().get("hessian-trace")).isCloseTo(value, within(1e-5 * value));
    }
  }

  /** The file's network has the numbers and the residual that the report states. */
  private static void check(
      RescalingReport report, Dataset all, Dataset data, Path file, double tolerance) {
    Network network = report.original();
    Network read = written(report.network(), file);
    NetworkSurface thousand = NetworkSurface.of(network, Datasets.subset(all, 0, 1000), LOSS);
    assertThat(Attack.functionResidual(thousand, read)).isLessThan(tolerance);
    assertThat(Attack.functionResidual(subject(network, data).surface(), read))
        .isEqualTo(report.functionResidual());
    report
        .after()
        .forEach(
            (id, value) ->
                assertThat(Attacks.value(id, subject(read, data)).value())
                    .isCloseTo(value, within(1e-9 * value)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void theConstantFunctionIsInTheBall(Model model, @TempDir Path folder) {
    Network network = model.read().withStoredPrecision(Precision.FLOAT64);
    try (FileDataset all = model.open(network)) {
      Dataset data = Datasets.subset(all, 0, model.images);
      Attack.Result result = Attacks.constantFunction().against(subject(network, data));
      assertThat(result.reached().value())
          .isGreaterThanOrEqualTo(result.predicted().orElseThrow())
          .isGreaterThan(0.3);
      Network read = written(result.network(), folder.resolve("constant.onnx"));
      // The layer is 0 within the ball, and the loss of the file's network there is that of a
      // constant.
      var layer =
          read.nodes().stream()
              .filter(node -> node.name().equals(result.details().get("layer")))
              .findFirst()
              .orElseThrow();
      double[] theta = read.parameterVector();
      double square = 0;
      for (var parameter :
          layer.bias() < 0
              ? List.of(read.weight(layer))
              : List.of(read.weight(layer), read.bias(layer))) {
        for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
          square += theta[i] * theta[i];
          theta[i] = 0;
        }
      }
      assertThat(Math.sqrt(square)).isLessThanOrEqualTo(1e-3);
      NetworkSurface surface = subject(read, data).surface();
      double loss = surface.value(read.parameterVector());
      double sharpness = (surface.value(theta) - loss) / (1 + loss);
      assertThat(result.reached().value()).isCloseTo(sharpness, within(1e-9));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "LENET"})
  void manyEigenvaluesAreAboveTheBound(Model model, @TempDir Path folder) {
    Network network = model.read().withStoredPrecision(Precision.FLOAT64);
    try (FileDataset all = model.open(network)) {
      Dataset data = Datasets.subset(all, 0, model.images);
      Attack.Result result = Attacks.manyEigenvalues(1e5).against(subject(network, data));
      assertThat(result.predicted().orElseThrow()).isGreaterThanOrEqualTo(10);
      assertThat(result.before()).isZero();
      assertThat(result.reached().value()).isGreaterThanOrEqualTo(result.predicted().orElseThrow());
      written(result.network(), folder.resolve("many.onnx"));
      assertThat(result.functionResidual()).isLessThan(1e-10);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"DENSE", "CONVOLUTIONAL", "RESIDUAL"})
  void expectedSharpnessIsRaisedAndBoxesHoldTheLoss(Model model) {
    Network network = model.read();
    try (FileDataset all = model.open(network)) {
      Subject subject = subject(network, Datasets.subset(all, 0, 8));
      Attack.Result noisy = Attacks.raise("expected-sharpness", 1).against(subject);
      assertThat(noisy.reached().value()).isGreaterThanOrEqualTo(1);
      Attack.Result boxes = Attacks.volume(1, 1000).against(subject);
      assertThat((List<?>) boxes.details().get("largestIncreases"))
          .hasSize(2)
          .allSatisfy(increase -> assertThat((double) increase).isLessThan(1e-3));
      assertThat(boxes.reached().value()).isGreaterThanOrEqualTo(boxes.before());
    }
  }
}
