package example;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.data.Dataset;
import dev.flatness.dl4j.Dl4jNetwork;
import dev.flatness.loss.Loss;
import dev.flatness.nd4j.Nd4jDatasets;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Trains a network in Deeplearning4j, measures it, and writes a rescaled one back. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    DataSet set = threeCircles(150);
    MultiLayerNetwork model = train(set);

    Dl4jNetwork<MultiLayerNetwork> imported = Dl4jNetwork.of(model);
    Network network = imported.network();
    Loss loss = imported.loss().orElseThrow();
    Dataset data = Nd4jDatasets.withDefaults().of(set);
    Network rescaled =
        Rescaling.random(ScaleClasses.of(network), 10, Seed.of(4)).applyTo(network);

    FlatnessReport before = measure(network, data, loss);
    FlatnessReport after = measure(rescaled, data, loss);
    System.out.println(network.parameterCount() + " parameters");
    print("trace of the Hessian", trace(before), trace(after));
    print("sum of rho", rho(before), rho(after));

    INDArray features = set.getFeatures();
    boolean same =
        imported.write(rescaled).output(features).equalsWithEps(model.output(features), 1e-5);
    System.out.println("the outputs of Deeplearning4j " + (same ? "stay" : "change"));
  }

  private static FlatnessReport measure(Network network, Dataset data, Loss loss) {
    return Flatness.of(network).on(data, loss).measure("hessian-trace", "rho-sum").report();
  }

  private static double trace(FlatnessReport report) {
    return report.network("hessian-trace").value();
  }

  private static double rho(FlatnessReport report) {
    return report.network("rho-sum").value();
  }

  /** Numbers in float32 differ in later digits from processor to processor. */
  private static void print(String name, double before, double after) {
    boolean same = Math.abs(after / before - 1) < 1e-3;
    System.out.println("the " + name + (same ? " stays" : " changes"));
  }

  private static MultiLayerNetwork train(DataSet set) {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder().nOut(16).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(2))
                .build());
    model.init();
    for (int step = 0; step < 200; step++) {
      model.fit(set);
    }
    return model;
  }

  /** Points on circles of radius 1, 2 and 3, one class each. */
  private static DataSet threeCircles(int points) {
    INDArray features = Nd4j.create(points, 2);
    INDArray labels = Nd4j.create(points, 3);
    for (int i = 0; i < points; i++) {
      int label = i % 3;
      double angle = 2 * Math.PI * i / points;
      features.putScalar(i, 0, (label + 1) * Math.cos(angle));
      features.putScalar(i, 1, (label + 1) * Math.sin(angle));
      labels.putScalar(i, label, 1);
    }
    return new DataSet(features, labels);
  }
}
