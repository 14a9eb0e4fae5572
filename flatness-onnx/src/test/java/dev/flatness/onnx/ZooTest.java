package dev.flatness.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Network;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that other people trained and exported, with reference numbers of two other engines. */
class ZooTest {
  private static final double[] CIFAR_MEAN = {.4914, .4822, .4465};

  private static Preprocessing preprocessing(String id) {
    Preprocessing plain = Preprocessing.withDefaults();
    return switch (id) {
      case "raw" -> plain.withScale(1);
      case "unit" -> plain;
      case "half" -> plain.withMean(.5).withStandardDeviation(.5);
      case "mnist" -> plain.withMean(.1307).withStandardDeviation(.3081);
      case "cifar-2470" -> plain.withMean(CIFAR_MEAN).withStandardDeviation(.2470, .2435, .2616);
      case "cifar-2471" -> plain.withMean(CIFAR_MEAN).withStandardDeviation(.2471, .2435, .2616);
      case "imagenet" -> plain.withMean(.485, .456, .406).withStandardDeviation(.225);
      default -> throw new IllegalArgumentException(id);
    };
  }

  private static FileDataset images(Network network, String preprocessing) {
    Path data = Shared.folder("data");
    DataSource source =
        network.inputShape().size() == 784
            ? DataSource.of(data.resolve("mnist/t10k-images-idx3-ubyte.gz"))
                .withLabels(data.resolve("mnist/t10k-labels-idx1-ubyte.gz"))
            : DataSource.of(data.resolve("cifar10/test.bin"));
    return Datasets.open(source, network.inputShape(), preprocessing(preprocessing));
  }

  // The number of parameters is the index's but where a normalization was folded: the index counts
  // four numbers a channel, the network has one bias a channel, or none more where the layer had
  // one.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Amandashi95__onnc__resnet20, 271690, cifar-2470, NONE, 938, 0.2882554468391643",
    "AndreyGermanov__pytorch_onnx_exporter__mnist, 61706, unit, NONE, 9813, 0.0519337402670932",
    "Frenz86__mnistonnx__mnist, 251060, raw, SOFTMAX, 9804, 0.09442714048211286",
    "MaB700__onnx_workflow_root__mnist_cnn, 155834, unit, SOFTMAX, 9860, 0.05603870054763962",
    "aclex__k210_mnist_assets__mnist_cnn, 24586, mnist, LOG_SOFTMAX, 9653, 0.14269954585743974",
    "akinobu123__tf2onnx__model, 5994, unit, NONE, 9890, 0.04393204860599068",
    "ccoltong1215__simple-lenet5-torch-mnist__lenet, 61706, mnist, SOFTMAX, 9913, 0.07168073551933746",
    "ccoltong1215__simple-lenet5-torch-mnist__lenet_regulized, 61706, unit, SOFTMAX, 9919, 0.025272768608586887",
    "hwang2409__whitematter__mnist_cnn, 206922, mnist, NONE, 9753, 0.08292103158203494",
    "joeylical__archieve_onnx_to_code__mnist, 1674, half, NONE, 9664, 0.15167983459665837",
    "makora9143__pytorch2caffe2__mnist_cnn, 21840, mnist, LOG_SOFTMAX, 9840, 0.06004465014575684",
    "onjackay__model-deploy-tutorial__mnist, 28938, unit, NONE, 9887, 0.039107436062738817",
    "stanleybak__vnncomp2021__Convnet_maxpool, 11690, unit, NONE, 9792, 0.06543427585208957",
    "stanleybak__vnncomp2021__cifar10_small, 85218, unit, NONE, 644, 1.0544033308265583",
    "stanleybak__vnncomp2021__cifar_base_kw, 105966, imagenet, NONE, 622, 1.153676186366849",
    "stanleybak__vnncomp2021__mnist-net_256x2, 269322, unit, NONE, 9808, 1.4888429966773424",
    "stanleybak__vnncomp2021__mnist-net_256x4, 400906, unit, NONE, 9764, 1.498540845472643",
    "stanleybak__vnncomp2021__resnet_2b, 112006, cifar-2471, NONE, 716, 0.8910188827679342",
    "wuhanstudio__onnx-parser__mnist-sm, 504, unit, SOFTMAX, 8321, 0.6720767352629025",
    "zackproser__mnist-mind-mapper__mnist_model, 101770, mnist, NONE, 9746, 0.07083231033776184"
  })
  void computesWhatOtherEnginesCompute(
      String file, int parameters, String preprocessing, String end, int correct, double loss) {
    Path path = Shared.folder("zoo").resolve("models").resolve(file + ".onnx");
    OnnxModel model = OnnxReader.withDefaults().read(path);
    Network network = model.network();
    assertThat(network.outputActivation().map(Enum::name).orElse("NONE")).isEqualTo(end);
    assertThat(network.parameterCount()).isEqualTo(parameters);
    double[] theta = network.parameterVector();
    try (FileDataset data = images(network, preprocessing)) {
      Dataset first = Datasets.subset(data, 0, 1000);
      NetworkSurface surface = NetworkSurface.of(network, first, SoftmaxCrossEntropy.onLogits());
      Evaluation start = surface.evaluate(theta);
      assertThat(start.loss()).isCloseTo(loss, within(1e-6 * loss));
      agreesWithTheReference(surface, theta);
      double right = start.correct();
      if (data.size() > 1000) {
        Dataset rest = Datasets.subset(data, 1000, data.size() - 1000);
        right +=
            NetworkSurface.of(network, rest, SoftmaxCrossEntropy.onLogits())
                .evaluate(theta)
                .correct();
      }
      assertThat(right).isBetween(correct - 1.0, correct + 1.0);
    }
  }

  private static void agreesWithTheReference(NetworkSurface surface, double[] theta) {
    int size = surface.network().inputShape().size();
    double[] x = new double[size];
    surface.dataset().read(0, 1, x, new double[1]);
    double[] expected = surface.network().outputs(x);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double[] outputs = surface.outputs(theta, 0, 1);
    for (int k = 0; k < expected.length; k++) {
      assertThat(outputs[k]).isCloseTo(expected[k], within(1e-11 * largest));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Aritra93__mnist-web-demo__mnist.onnx | initializer \"features.0.weight\" lies in external"
            + " data \"mnist.onnx.data\", which is missing; put that file in the model's folder or"
            + " export the model with its weights inside",
        "SheenaGaria__mnist-digit-backend__mnist-8.onnx | it is not an ONNX file: it is a text of 32"
            + " bytes; download the model again",
        "oracle__tribuo__lr_mnist.onnx | node \"LinearClassifier\" (LinearClassifier, domain"
            + " ai.onnx.ml, opset 1) belongs to domain ai.onnx.ml, not to the standard operators of"
            + " neural networks; what it computes is not known here. Export the network with standard"
            + " ONNX operators only"
      })
  void refusesWhatIsNoNetwork(String file, String reason) {
    Path path = Shared.folder("zoo").resolve("reject").resolve(file);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot read model " + path + ": " + reason);
  }
}
