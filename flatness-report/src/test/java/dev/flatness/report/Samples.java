package dev.flatness.report;

import dev.flatness.FlatnessReport;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A report with every kind of estimate. */
final class Samples {
  private Samples() {}

  /** 5 inputs, 6 hidden units of which the last is dead, 3 outputs with biases. */
  static final Network NETWORK = network();

  private static Network network() {
    double[] first = new double[30];
    Arrays.setAll(first, i -> i < 25 ? 0.1 * (i % 7 - 3) + 0.05 : 0);
    double[] second = new double[18];
    Arrays.setAll(second, i -> 0.2 * (i % 5 - 2) + 0.03);
    return Network.sequential(5)
        .dense("0", Tensor.of(first, 6, 5), null)
        .relu()
        .dense("2", Tensor.of(second, 3, 6), Tensor.of(new double[] {0.1, 0, -0.1}, 3))
        .build();
  }

  static FlatnessReport measured(Estimate... estimates) {
    double[] inputs = new double[200];
    Arrays.setAll(inputs, i -> Math.sin(i));
    Dataset data = Datasets.of(Tensor.of(inputs, 40, 5), new int[40]);
    NetworkSurface surface =
        NetworkSurface.of(
            NETWORK,
            data,
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withGemm("plain").withThreads(1));
    return new FlatnessReport(
        surface,
        new Evaluation(0.22, 38, 40),
        0.01,
        List.of(estimates),
        Settings.withDefaults(),
        Seed.of(7));
  }

  static Report report(Estimate... estimates) {
    return Report.of(measured(estimates))
        .withModelFile("mlp.onnx")
        .withDataFile("data.npz")
        .withNotes(List.of("final Softmax removed: it belongs to the loss"));
  }

  private static Outcome outcome(double value, String method, Status status) {
    return Outcome.of(value, method, status);
  }

  static Report everything() {
    return report(
        Estimate.network("hessian-trace", Invariance.NONE, Outcome.exact(0.1)).withSeconds(0.25),
        Estimate.network(
            "epsilon-sharpness", Invariance.NONE, outcome(0.5, "ascent", Status.LOWER_BOUND)),
        Estimate.network(
            "hessian-frobenius-norm",
            Invariance.NONE,
            outcome(2, "hutchinson", Status.ESTIMATED).withStandardError(0.0123)),
        Estimate.network(
                "volume-flatness",
                Invariance.NONE,
                outcome(Double.POSITIVE_INFINITY, "exact", Status.INFINITE))
            .withDetail("certificate", Map.of("alpha", 2.5)),
        Estimate.network(
                "theorem-5.1-bound",
                Invariance.NEURON_WISE,
                outcome(Double.POSITIVE_INFINITY, "exact", Status.OVERFLOW))
            .withDetail("logValue", 812.5),
        Estimate.layer(
            "kappa",
            "0",
            Invariance.LAYER_WISE,
            outcome(1.5, "lanczos", Status.CONVERGED).withResidual(1e-9).withProducts(24)),
        Estimate.layer(
            "kappa",
            "2",
            Invariance.LAYER_WISE,
            outcome(2.5, "lanczos", Status.NOT_CONVERGED).because("the time limit was reached")),
        Estimate.layer(
            "relative-flatness-normalized",
            "0",
            Invariance.NEURON_WISE,
            Outcome.notApplicable("inputs cannot be rescaled")),
        Estimate.layer(
            "relative-flatness-normalized", "2", Invariance.NEURON_WISE, Outcome.exact(12345678)),
        Estimate.neurons(
            "rho",
            "0",
            Invariance.NEURON_WISE,
            new double[] {0.1, 0.2},
            Outcome.exact(Double.NaN)));
  }
}
