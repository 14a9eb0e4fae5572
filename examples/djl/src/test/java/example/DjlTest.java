package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.SurfaceReport;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What differences of DJL's gradients give is what the library's own engine gives exactly. */
class DjlTest {
  private static final int HIDDEN = Main.HIDDEN;

  private static Network same(double[] theta) {
    int at = 0;
    double[] first = Arrays.copyOfRange(theta, at, at += 2 * HIDDEN);
    double[] firstBias = Arrays.copyOfRange(theta, at, at += HIDDEN);
    double[] second = Arrays.copyOfRange(theta, at, at += 3 * HIDDEN);
    double[] secondBias = Arrays.copyOfRange(theta, at, at + 3);
    return Network.sequential(2)
        .dense("first", Tensor.of(first, HIDDEN, 2), Tensor.of(firstBias, HIDDEN))
        .activate(Activation.TANH)
        .dense("second", Tensor.of(second, 3, HIDDEN), Tensor.of(secondBias, 3))
        .build();
  }

  private static Dataset data() {
    double[][] rows =
        Arrays.stream(Main.inputs())
            .map(row -> new double[] {row[0], row[1]})
            .toArray(double[][]::new);
    return Datasets.of(rows, Main.labels());
  }

  @Test
  void theNumbersAreThoseOfTheSameNetworkHere() {
    try (DjlModel model = new DjlModel(Main.network(), Main.inputs(), Main.labels())) {
      double[] theta = Main.trained(model);
      SurfaceReport found = Main.measured(model, theta);
      FlatnessReport exact =
          Flatness.of(same(theta))
              .on(data(), SoftmaxCrossEntropy.onLogits())
              .measure("hessian-trace", "hessian-top-eigenvalue", "expected-sharpness")
              .report();
      double loss = exact.evaluation().loss();
      assertEquals(loss, found.loss(), 1e-6 * loss);

      Estimate trace = found.estimate("hessian-trace");
      assertEquals(
          exact.network("hessian-trace").value(),
          trace.value(),
          2 * trace.standardError().orElseThrow());
      assertTrue(trace.standardError().orElseThrow() < 0.02 * trace.value());

      Estimate top = found.estimate("hessian-top-eigenvalue");
      double norm = exact.network("hessian-top-eigenvalue").value();
      assertEquals(norm, top.value(), 2 * top.residual().orElseThrow() * norm);
      assertTrue(top.residual().orElseThrow() < 5e-3);

      Estimate sharpness = found.estimate("expected-sharpness");
      assertEquals(
          exact.network("expected-sharpness").value(),
          sharpness.value(),
          4 * sharpness.standardError().orElseThrow());
    }
  }

  @Test
  void theGradientIsThatOfTheSameNetwork() {
    try (DjlModel model = new DjlModel(Main.network(), Main.inputs(), Main.labels())) {
      double[] theta = Main.trained(model);
      double[] gradient = new double[theta.length];
      model.valueAndGradient(theta, gradient);
      double[] exact = new double[theta.length];
      NetworkSurface.of(same(theta), data(), SoftmaxCrossEntropy.onLogits())
          .valueAndGradient(theta, exact);
      for (int i = 0; i < exact.length; i++) {
        assertEquals(exact[i], gradient[i], 1e-6);
      }
    }
  }
}
