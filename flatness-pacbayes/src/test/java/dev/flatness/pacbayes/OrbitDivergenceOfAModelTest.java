package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The example of docs/howto-rescale.md, on a perceptron of 256 × 2 hidden units. */
class OrbitDivergenceOfAModelTest {
  private static final Path MODEL =
      Path.of("../../shared/zoo/models/stanleybak__vnncomp2021__mnist-net_256x2.onnx");

  /** Six digits, as on the page. */
  private static String six(double value) {
    long rounded = new BigDecimal(value).round(new MathContext(6)).longValueExact();
    return String.format(Locale.ROOT, "%,d", rounded);
  }

  private static String row(String name, OrbitDivergence found) {
    return "| " + name + " | " + six(found.before()) + " | " + six(found.after()) + " |";
  }

  @Test
  void theDivergenceOfARescaledPerceptronFallsToThatOfItsOrbit() throws IOException {
    assumeTrue(Files.exists(MODEL));
    Network network = OnnxReader.withDefaults().read(MODEL).network();
    double[] w = network.parameterVector();
    DiagonalGaussian posterior = DiagonalGaussian.isotropic(w, 0.01);
    DiagonalGaussian prior = DiagonalGaussian.isotropic(new double[w.length], 0.1);
    OrbitDivergence given = OrbitDivergence.minimize(network, posterior, prior);

    Rescaling by = Rescaling.random(ScaleClasses.of(network), 10, Seed.of(7));
    double[] ratios = by.ratios();
    double[] mean = posterior.mean();
    double[] sigma = posterior.sigma();
    Arrays.setAll(mean, e -> ratios[e] * mean[e]);
    Arrays.setAll(sigma, e -> ratios[e] * sigma[e]);
    OrbitDivergence rescaled =
        OrbitDivergence.minimize(by.applyTo(network), DiagonalGaussian.of(mean, sigma), prior);

    assertThat(given.converged() && rescaled.converged()).isTrue();
    assertThat(rescaled.after()).isCloseTo(given.after(), within(1e-11 * given.before()));
    assertThat(Files.readString(Path.of("../docs/howto-rescale.md")))
        .contains(row("as stored", given))
        .contains(row("rescaled", rescaled));
  }
}
