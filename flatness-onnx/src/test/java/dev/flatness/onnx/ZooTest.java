package dev.flatness.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Network;
import dev.flatness.testkit.ReferenceNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that other people trained and exported, with reference numbers of two other engines. */
class ZooTest {
  /** Index of the preprocessings: scale and shift per channel of pixels from 0 to 255. */
  private static double[][] preprocessing(String id) {
    double[] mean;
    double[] std;
    switch (id) {
      case "raw":
        return new double[][] {{1}, {0}};
      case "unit":
        mean = new double[] {0};
        std = new double[] {1};
        break;
      case "half":
        mean = new double[] {.5};
        std = new double[] {.5};
        break;
      case "mnist":
        mean = new double[] {.1307};
        std = new double[] {.3081};
        break;
      case "cifar-2470":
        mean = new double[] {.4914, .4822, .4465};
        std = new double[] {.2470, .2435, .2616};
        break;
      case "cifar-2471":
        mean = new double[] {.4914, .4822, .4465};
        std = new double[] {.2471, .2435, .2616};
        break;
      case "imagenet":
        mean = new double[] {.485, .456, .406};
        std = new double[] {.225, .225, .225};
        break;
      default:
        throw new IllegalArgumentException(id);
    }
    double[] scale = Arrays.stream(std).map(s -> 1 / s / 255).toArray();
    double[] shift = IntStream.range(0, std.length).mapToDouble(c -> -mean[c] / std[c]).toArray();
    return new double[][] {scale, shift};
  }

  // Columns: parameters after folding (one bias per folded channel where the file's index counts
  // four numbers of a normalization), images of which all are counted, correct, loss of the first.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Amandashi95__onnc__resnet20, 271690, cifar-2470, 40, NONE, -1, -1",
    "AndreyGermanov__pytorch_onnx_exporter__mnist, 61706, unit, 10000, NONE, 9813, 0.0519337402670932",
    "Frenz86__mnistonnx__mnist, 251060, raw, 10000, SOFTMAX, 9804, 0.09442714048211286",
    "MaB700__onnx_workflow_root__mnist_cnn, 155834, unit, 1000, SOFTMAX, -1, 0.05603870054763962",
    "aclex__k210_mnist_assets__mnist_cnn, 24586, mnist, 1000, SOFTMAX_LOG, -1, 0.14269954585743974",
    "akinobu123__tf2onnx__model, 5994, unit, 10000, NONE, 9890, 0.04393204860599068",
    "ccoltong1215__simple-lenet5-torch-mnist__lenet, 61706, mnist, 10000, SOFTMAX, 9913, 0.07168073551933746",
    "ccoltong1215__simple-lenet5-torch-mnist__lenet_regulized, 61706, unit, 10000, SOFTMAX, 9919, 0.025272768608586887",
    "hwang2409__whitematter__mnist_cnn, 206922, mnist, 1000, NONE, -1, 0.08292103158203494",
    "joeylical__archieve_onnx_to_code__mnist, 1674, half, 10000, NONE, 9664, 0.15167983459665837",
    "makora9143__pytorch2caffe2__mnist_cnn, 21840, mnist, 10000, LOG_SOFTMAX, 9840, 0.06004465014575684",
    "onjackay__model-deploy-tutorial__mnist, 28938, unit, 1000, NONE, -1, 0.039107436062738817",
    "stanleybak__vnncomp2021__Convnet_maxpool, 11690, unit, 10000, NONE, 9792, 0.06543427585208957",
    "stanleybak__vnncomp2021__cifar10_small, 85218, unit, 1017, NONE, 644, 1.0544033308265583",
    "stanleybak__vnncomp2021__cifar_base_kw, 105966, imagenet, 1017, NONE, 622, 1.153676186366849",
    "stanleybak__vnncomp2021__mnist-net_256x2, 269322, unit, 10000, NONE, 9808, 1.4888429966773424",
    "stanleybak__vnncomp2021__mnist-net_256x4, 400906, unit, 10000, NONE, 9764, 1.498540845472643",
    "stanleybak__vnncomp2021__resnet_2b, 112006, cifar-2471, 1017, NONE, 716, 0.8910188827679342",
    "wuhanstudio__onnx-parser__mnist-sm, 504, unit, 10000, SOFTMAX, 8321, 0.6720767352629025",
    "zackproser__mnist-mind-mapper__mnist_model, 101770, mnist, 10000, NONE, 9746, 0.07083231033776184"
  })
  void computesWhatOtherEnginesCompute(
      String file, int parameters, String id, int count, LossHead head, int correct, double loss)
      throws Exception {
    Path path = Shared.folder("zoo").resolve("models").resolve(file + ".onnx");
    OnnxModel model = OnnxReader.withDefaults().read(path);
    assertThat(model.head()).isEqualTo(head);
    assertThat(model.network().parameterCount()).isEqualTo(parameters);
    Shared.Images images =
        model.network().inputShape().size() == 784 ? Shared.mnist() : Shared.cifar();
    double[][] scaling = preprocessing(id);
    double[][] logits =
        IntStream.range(0, count)
            .parallel()
            .mapToObj(
                i -> output(model.network(), images.sample(i, scaling[0], scaling[1]), images))
            .toArray(double[][]::new);
    if (correct >= 0) {
      long right =
          IntStream.range(0, count).filter(i -> argmax(logits[i]) == images.labels()[i]).count();
      assertThat(right).isBetween(correct - 1L, correct + 1L);
    }
    if (loss >= 0) {
      double mean =
          IntStream.range(0, 1000)
              .mapToDouble(i -> crossEntropy(logits[i], images.labels()[i]))
              .average()
              .orElseThrow();
      assertThat(mean).isCloseTo(loss, within(1e-6 * loss));
    } else {
      double right =
          IntStream.range(0, count).filter(i -> argmax(logits[i]) == images.labels()[i]).count();
      assertThat(right / count).isGreaterThan(0.8);
    }
  }

  /** Feeds an image in the order of axes that the network's input has. */
  private static double[] output(Network network, double[] image, Shared.Images images) {
    double[] x = image;
    int[] shape = network.inputShape().toArray();
    if (shape.length == 3 && shape[2] == images.channels() && shape[0] != images.channels()) {
      x = new double[image.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = image[i % shape[2] * (x.length / shape[2]) + i / shape[2]];
      }
    }
    return ReferenceNetwork.of(network).output(x);
  }

  private static int argmax(double[] values) {
    return IntStream.range(0, values.length)
        .reduce((a, b) -> values[b] > values[a] ? b : a)
        .orElse(-1);
  }

  private static double crossEntropy(double[] logits, int label) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum();
    return largest + Math.log(sum) - logits[label];
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Aritra93__mnist-web-demo__mnist.onnx | initializer \"features.0.weight\" lies in external data"
            + " \"mnist.onnx.data\", which is missing; put that file beside the model or export the"
            + " model with its weights inside",
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
        .hasMessage("cannot read model " + file + ": " + reason);
  }
}
