package dev.flatness.report;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report with every kind of estimate. */
final class Samples {
  private Samples() {}

  static final ReportModel MODEL =
      new ReportModel(
          "mlp.onnx",
          1200,
          true,
          18,
          List.of("0[3]"),
          List.of(
              new ReportModel.Layer("0", "dense", List.of(6, 5), false),
              ReportModel.Layer.weightless("1", "relu"),
              new ReportModel.Layer("2", "dense", List.of(3, 6), true)),
          List.of("final Softmax removed: it belongs to the loss"));

  static Report report(Estimate... estimates) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", 7L);
    settings.put("precision", "float64");
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("version", "0.1.0");
    provenance.put("jdk", "17");
    provenance.put("cpu", "amd64, 2 processors");
    provenance.put("provider", "plain");
    return new Report(
        MODEL,
        new ReportData("data.npz", 40),
        new ReportLoss("cross-entropy", 0.22, 0.95, 0.01),
        List.of(estimates),
        settings,
        provenance);
  }

  static Report everything() {
    return report(
        Estimate.network("hessian-trace", Invariance.NONE, 0.1).build().withSeconds(0.25),
        Estimate.network("epsilon-sharpness", Invariance.NONE, 0.5)
            .method("ascent", Status.LOWER_BOUND)
            .build(),
        Estimate.network("hessian-frobenius-norm", Invariance.NONE, 2)
            .method("hutchinson", Status.ESTIMATED)
            .standardError(0.0123)
            .build(),
        Estimate.network("volume-flatness", Invariance.NONE, Double.POSITIVE_INFINITY)
            .method("exact", Status.INFINITE)
            .detail("certificate", Map.of("alpha", 2.5))
            .build(),
        Estimate.network("theorem-5.1-bound", Invariance.NEURON_WISE, Double.POSITIVE_INFINITY)
            .method("exact", Status.OVERFLOW)
            .detail("logValue", 812.5)
            .build(),
        Estimate.layer("kappa", "0", Invariance.LAYER_WISE, 1.5)
            .method("lanczos", Status.CONVERGED)
            .residual(1e-9)
            .products(24)
            .build(),
        Estimate.layer("kappa", "2", Invariance.LAYER_WISE, 2.5)
            .method("lanczos", Status.NOT_CONVERGED)
            .reason("the time limit was reached")
            .build(),
        Estimate.layer("relative-flatness-normalized", "0", Invariance.NEURON_WISE, Double.NaN)
            .method("exact", Status.NOT_APPLICABLE)
            .reason("inputs cannot be rescaled")
            .build(),
        Estimate.layer("relative-flatness-normalized", "2", Invariance.NEURON_WISE, 12345678)
            .build(),
        Estimate.neurons("rho", "0", Invariance.NEURON_WISE, new double[] {0.1, 0.2}).build());
  }
}
