package example;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.data.Dataset;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import java.util.List;
import java.util.Locale;

/** Trains a small network and measures it, then rescales it and measures it again. */
public final class Main {
  private static final Loss LOSS = SoftmaxCrossEntropy.onLogits();

  private Main() {}

  public static void main(String[] arguments) {
    Dataset data =
        GaussianClusters.withDefaults().withClasses(3).withDimension(5).generate(200, Seed.of(1));
    Network untrained =
        Initialization.KAIMING.draw(
            Architectures.perceptron(data.inputShape(), List.of(16, 8), 3, Activation.RELU),
            Seed.of(2));
    Network network =
        SgdTrainer.withDefaults().withEpochs(30).train(untrained, data, LOSS, Seed.of(3)).network();
    Network rescaled =
        Rescaling.random(ScaleClasses.of(network), 10, Seed.of(4)).applyTo(network);

    FlatnessReport before = measure(network, data);
    FlatnessReport after = measure(rescaled, data);
    print("loss", before.evaluation().loss(), after.evaluation().loss());
    print("trace of the Hessian", trace(before), trace(after));
    print("normalized relative flatness of fc3", relativeFlatness(before), relativeFlatness(after));
  }

  private static FlatnessReport measure(Network network, Dataset data) {
    return Flatness.of(network)
        .on(data, LOSS)
        .measure("hessian-trace", "relative-flatness-normalized")
        .seed(7)
        .report();
  }

  private static double trace(FlatnessReport report) {
    return report.network("hessian-trace").value();
  }

  private static double relativeFlatness(FlatnessReport report) {
    return report.layer("relative-flatness-normalized", "fc3").value();
  }

  private static void print(String name, double before, double after) {
    System.out.printf(Locale.ROOT, "%-36s %10.4g, rescaled %10.4g%n", name, before, after);
  }
}
