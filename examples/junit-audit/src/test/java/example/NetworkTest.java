package example;

import static dev.flatness.testkit.AuditAssertions.assertClaimsHold;

import dev.flatness.audit.AuditFindings;
import dev.flatness.data.Dataset;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.hessian.Rho;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers that a project reports keep their value under rescalings of its network. */
class NetworkTest {
  private static Subject subject() {
    Dataset data = GaussianClusters.withDefaults().withDimension(4).generate(60, Seed.of(1));
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(data.inputShape(), List.of(6, 5), 2, Activation.RELU),
            Seed.of(2));
    return Subject.of(
        NetworkSurface.of(
            network, data, SoftmaxCrossEntropy.onLogits(), SurfaceOptions.withDefaults()));
  }

  @Test
  void invariantMeasuresAre() {
    AuditFindings findings =
        assertClaimsHold(
            subject(), Rho.max(), Kappa.trace(), RelativeFlatness.withDefaults().normalized());
    System.out.println(findings);
  }
}
