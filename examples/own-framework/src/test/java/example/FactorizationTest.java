package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.Flatness;
import dev.flatness.SurfaceReport;
import dev.flatness.measure.Estimate;
import org.junit.jupiter.api.Test;

/** Differences of gradients give what products give, to the error that they state. */
class FactorizationTest {
  private static final String[] IDS = {
    "hessian-trace", "hessian-top-eigenvalue", "hessian-frobenius-norm"
  };

  @Test
  void bothSurfacesHaveTheSameNumbers() {
    Factorization model = Main.model();
    double[] theta = Main.trained(model);
    SurfaceReport exact = Flatness.of(Main.exact(model), theta).measure(IDS).report();
    SurfaceReport found = Flatness.of(Main.differenced(model), theta).measure(IDS).report();
    assertTrue(found.acceptable());
    for (String id : IDS) {
      Estimate estimate = found.estimate(id);
      double value = exact.estimate(id).value();
      double error =
          estimate.standardError().orElseGet(() -> 2 * estimate.residual().orElseThrow() * value);
      assertEquals(value, estimate.value(), 2 * error);
      assertTrue(error < 1e-5 * value, id + " " + estimate);
    }
  }
}
