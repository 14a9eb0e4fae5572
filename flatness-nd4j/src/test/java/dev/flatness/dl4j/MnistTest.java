package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.AuditReport;
import dev.flatness.Flatness;
import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** A network that DL4J trained on 2,000 images of MNIST, measured on them in three ways. */
class MnistTest {
  private static final int SAMPLES = 2000;
  private static final String[] MEASURES = {
    "hessian-trace",
    "hessian-top-eigenvalue",
    "kappa-tau",
    "rho-max",
    "rho-sum",
    "relative-flatness",
    "path-norm-2",
    "fisher-rao-norm",
    "l2-norm-squared"
  };

  @TempDir private static Path folder;
  private static Dataset data;
  private static MultiLayerNetwork model;
  private static Dl4jNetwork<MultiLayerNetwork> imported;

  @BeforeAll
  static void train() {
    data =
        Datasets.open(
            DataSource.of(shared("data/mnist/train-images-idx3-ubyte.gz"))
                .withLabels(shared("data/mnist/train-labels-idx1-ubyte.gz")),
            Shape.of(1, 28, 28),
            Preprocessing.withDefaults().withLimit(SAMPLES));
    model = new MultiLayerNetwork(configuration().build());
    model.init();
    DataSet all = samples();
    // Several threads wait for each other at every small loop, for minutes on a busy machine.
    NativeOps operations = NativeOpsHolder.getInstance().getDeviceNativeOps();
    int threads = operations.ompGetMaxThreads();
    operations.setOmpNumThreads(1);
    for (int epoch = 0; epoch < 4; epoch++) {
      for (DataSet batch : all.batchBy(100)) {
        model.fit(batch);
      }
    }
    operations.setOmpNumThreads(threads);
    imported = Dl4jNetwork.of(model, 1, 28, 28);
  }

  private static NeuralNetConfiguration.ListBuilder configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(DataType.FLOAT)
        .updater(new Adam(1e-2))
        .activation(org.nd4j.linalg.activations.Activation.RELU)
        .list()
        .layer(new ConvolutionLayer.Builder(5, 5).stride(3, 3).nOut(4).build())
        .layer(
            new ConvolutionLayer.Builder(3, 3)
                .nOut(6)
                .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                .build())
        .layer(new BatchNormalization())
        .layer(new ActivationLayer(org.nd4j.linalg.activations.Activation.RELU))
        .layer(new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
        .layer(new DenseLayer.Builder().nOut(16).build())
        .layer(
            new OutputLayer.Builder(LossFunction.NEGATIVELOGLIKELIHOOD)
                .nOut(10)
                .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutional(28, 28, 1));
  }

  private static DataSet samples() {
    double[] x = new double[SAMPLES * 784];
    double[] labels = new double[SAMPLES];
    data.read(0, SAMPLES, x, labels);
    double[] rows = new double[SAMPLES * 10];
    for (int i = 0; i < SAMPLES; i++) {
      rows[i * 10 + (int) labels[i]] = 1;
    }
    return new DataSet(
        Entries.rows(x, SAMPLES, 1, 28, 28).castTo(DataType.FLOAT),
        Entries.rows(rows, SAMPLES, 10).castTo(DataType.FLOAT));
  }

  private static Path shared(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(path);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("there is no shared/" + path + " beside the checkout");
  }

  /** The same network by hand, as a user would write it without the import. */
  private static Network built() {
    double[] gamma = entries("2_gamma");
    double[] beta = entries("2_beta");
    double[] mean = entries("2_mean");
    double[] deviation = entries("2_log10stdev");
    double[] scale = new double[6];
    double[] shift = new double[6];
    for (int c = 0; c < 6; c++) {
      scale[c] = gamma[c] / Math.sqrt(Math.pow(10, 2 * deviation[c]) + 1e-5);
      shift[c] = beta[c] - mean[c] * scale[c];
    }
    var builder = Network.builder(1, 28, 28);
    int node =
        builder.convolution(
            "c1",
            builder.input(),
            Tensor.of(entries("0_W"), 4, 1, 5, 5),
            Tensor.of(entries("0_b"), 4),
            Window.of(5, 5).withStride(3),
            1);
    node = builder.activate("r1", node, Activation.RELU);
    node =
        builder.convolution(
            "c2",
            node,
            Tensor.of(entries("1_W"), 6, 4, 3, 3),
            Tensor.of(entries("1_b"), 6),
            Window.of(3, 3),
            1);
    node = builder.affine("bn", node, Tensor.of(scale, 6), Tensor.of(shift, 6));
    node = builder.activate("r2", node, Activation.RELU);
    node = builder.maxPool("pool", node, Window.of(2, 2).withStride(2));
    node = builder.flatten("flat", node);
    node = dense(builder, "fc1", node, "5", 16);
    node = builder.activate("r3", node, Activation.RELU);
    return builder
        .build(dense(builder, "fc2", node, "6", 10))
        .withStoredPrecision(Precision.FLOAT32);
  }

  private static int dense(
      dev.flatness.network.GraphBuilder builder, String name, int node, String layer, int out) {
    INDArray weight = model.getParam(layer + "_W");
    double[][] rows = new double[out][(int) weight.size(0)];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = weight.getDouble(j, i);
      }
    }
    return builder.dense(name, node, Tensor.of(rows), Tensor.of(entries(layer + "_b"), out));
  }

  private static double[] entries(String parameter) {
    return model.getParam(parameter).dup('c').data().asDouble();
  }

  private static List<Estimate> measured(Network network) {
    return Flatness.of(network)
        .on(data, SoftmaxCrossEntropy.onLogits())
        .with(SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32))
        .measure(MEASURES)
        .seed(7)
        .report()
        .estimates();
  }

  private static void assertSame(List<Estimate> found, List<Estimate> expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < found.size(); i++) {
      double value = expected.get(i).value();
      assertThat(found.get(i).id()).isEqualTo(expected.get(i).id());
      assertThat(found.get(i).value())
          .as(found.get(i).toString())
          .isCloseTo(value, within(tolerance * Math.abs(value)));
    }
  }

  @Test
  void measuresAreTheSameThroughImportBuilderAndOnnx() {
    assertThat(imported.loss()).hasValue(SoftmaxCrossEntropy.onLogits());
    List<Estimate> measured = measured(imported.network());
    assertSame(measured(built()), measured, 1e-5);
    Path file = folder.resolve("model.onnx");
    OnnxWriter.withDefaults().write(imported.network(), file);
    assertSame(measured(OnnxReader.withDefaults().read(file).network()), measured, 1e-5);
  }

  @Test
  void trainingWorkedAndOutputsAreThoseOfDl4j() {
    assertThat(model.evaluate(new ListDataSetIterator<>(samples().batchBy(500))).accuracy())
        .isGreaterThan(0.85);
    double[][] x = new double[100][784];
    double[] labels = new double[1];
    for (int i = 0; i < x.length; i++) {
      data.read(i, 1, x[i], labels);
    }
    assertThat(LayersTest.difference(imported.network().outputs(x), imported.outputs(x)))
        .isLessThan(1e-5);
  }

  @Test
  void theAuditPasses() {
    AuditReport audit =
        Flatness.of(imported.network())
            .on(Datasets.subset(data, 0, 300), SoftmaxCrossEntropy.onLogits())
            .audit("rho-max", "relative-flatness-normalized", "path-norm-2", "kappa-tau")
            .trials(2)
            .report();
    assertThat(audit.holds()).as(audit.toString()).isTrue();
  }

  /** Rescaled weights are rounded to float again: some 2⁻²⁴ each, over five layers of sums. */
  @Test
  void aRescaledCopyHasTheSameOutputsInDl4j() {
    Network network = imported.network();
    Network rescaled = Rescaling.random(ScaleClasses.of(network), 10, Seed.of(3)).applyTo(network);
    assertThat(
            LayersTest.difference(
                new double[][] {rescaled.parameterVector()},
                new double[][] {network.parameterVector()}))
        .isGreaterThan(1);
    INDArray x = samples().getFeatures();
    INDArray before = model.output(x);
    INDArray after = imported.write(rescaled).output(x);
    assertThat(after.sub(before).amaxNumber().doubleValue()).isLessThan(2e-5);
    assertThat(Arrays.equals(model.output(x).toFloatMatrix()[0], before.toFloatMatrix()[0]))
        .isTrue();
  }
}
