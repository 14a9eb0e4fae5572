package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.Skeleton;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.VolumeFlatness;
import dev.flatness.loss.LossRequest;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.ExpectedIncrease.Noise;
import dev.flatness.sharpness.ExpectedIncrease.Result;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small fitted networks made after reports of users, each with its right value by another way. */
class SharpnessFieldTest {
  @TempDir private Path folder;

  private void on(String name, Precision precision, Consumer<NetworkSurface> test)
      throws IOException {
    for (String file : List.of("network.onnx", "data.npz")) {
      try (InputStream in = getClass().getResourceAsStream("field/" + name + "/" + file)) {
        Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Network network = OnnxReader.withDefaults().read(folder.resolve("network.onnx")).network();
    try (FileDataset data =
        Datasets.open(
            DataSource.of(folder.resolve("data.npz")),
            network.inputShape(),
            Preprocessing.withDefaults())) {
      Losses.Choice choice = Losses.choose(LossRequest.of(Losses.AUTO), data, network);
      test.accept(
          NetworkSurface.of(
              network,
              choice.data(),
              choice.loss(),
              SurfaceOptions.withDefaults().withPrecision(precision)));
    }
  }

  /**
   * 3.0007e-10 ± 0.008e-10 from 200,000 pairs in another program, in float64; the report's 4.2e-10
   * came of 16 pairs, whose standard error is 1e-10. Float32 rounds the loss by 4e-9.
   */
  @Test
  void inFloat32TheMeanIncreaseIsNotRounding() throws IOException {
    Map<Precision, List<Result>> found = new EnumMap<>(Precision.class);
    for (Precision precision : Precision.values()) {
      on(
          "float32-expected-sharpness",
          precision,
          surface -> found.put(precision, increases(surface)));
    }
    Result gaussian = found.get(Precision.FLOAT32).get(0);
    double error = gaussian.mean().standardError().orElseThrow();
    assertThat(error).isLessThan(0.1e-10);
    assertThat(gaussian.mean().value()).isCloseTo(3.0007e-10, within(3 * error));
    assertThat(found.get(Precision.FLOAT32)).isEqualTo(found.get(Precision.FLOAT64));
  }

  private static List<Result> increases(NetworkSurface surface) {
    ExpectedIncrease method = ExpectedIncrease.withDefaults().withPairs(4000);
    double[] theta = surface.network().parameterVector();
    BasisPaths paths = BasisPaths.of(Skeleton.balanced(surface.network()));
    return List.of(
        method.estimate(surface, theta, Noise.gaussian(1e-4), Seed.of(1)),
        method.estimate(
            new PulledBackSurface(surface, paths.coordinates()),
            paths.values(),
            Noise.uniformInBall(paths.radius() / 10),
            Seed.of(1)));
  }

  /** An ε near the rounding of a loss in float32: the box is looked at in float64. */
  @Test
  void theBoxOfTheVolumeIsTheSameInFloat32() throws IOException {
    Map<Precision, Double> radii = new EnumMap<>(Precision.class);
    for (Precision precision : Precision.values()) {
      on(
          "volume-certificate-fitted",
          precision,
          surface -> {
            Settings settings = Settings.withDefaults().with(EpsilonSharpness.EPSILON, 4e-9);
            Subject subject = Subject.of(surface, settings, Monitor.NONE, Seed.of(0));
            Estimate estimate = VolumeFlatness.withDefaults().evaluate(subject).get(0);
            Map<?, ?> certificate = (Map<?, ?>) estimate.details().get("certificate");
            radii.put(precision, (Double) certificate.get("sampledRadius"));
          });
    }
    assertThat(radii.get(Precision.FLOAT32) / radii.get(Precision.FLOAT64)).isBetween(0.49, 2.01);
  }

  /** 3.49e-10 by a search with 23 restarts in another program; 2.35e-10 before the kink. */
  @Test
  void theHighestLossBeyondAKinkIsFound() throws IOException {
    on(
        "sharpness-fitted",
        Precision.FLOAT64,
        surface -> {
          double[] theta = surface.network().parameterVector();
          PerturbationSet ball = PerturbationSet.ball(theta.length, PerturbationSet.Norm.TWO, 1e-3);
          for (int i = 0; i < 20; i++) {
            SharpnessResult found =
                SharpnessSearch.ofMeasures().maximize(surface, theta, ball, Seed.of(i));
            assertThat(found.increase().value()).isGreaterThan(3.49e-10);
            double[] moved = found.perturbation();
            double square = 0;
            for (int j = 0; j < theta.length; j++) {
              square += moved[j] * moved[j];
              moved[j] += theta[j];
            }
            assertThat(Math.sqrt(square)).isLessThanOrEqualTo(1e-3 * (1 + 1e-14));
            assertThat(surface.value(moved) - surface.value(theta))
                .isEqualTo(found.increase().value());
          }
        });
  }

  /**
   * The loss stays below L + ε at the corners along the signs of ten leading eigenvectors, and at
   * what a longer search finds.
   */
  @Test
  void theBoxOfTheVolumeHoldsWhereTheLossRisesMost() throws IOException {
    on(
        "volume-certificate-fitted",
        Precision.FLOAT64,
        surface -> {
          double epsilon = 1e-3;
          Estimate estimate = VolumeFlatness.withDefaults().evaluate(Subject.of(surface)).get(0);
          Map<?, ?> certificate = (Map<?, ?>) estimate.details().get("certificate");
          double radius = (Double) certificate.get("sampledRadius");
          double[] theta = surface.network().parameterVector();
          double loss = surface.value(theta);
          PerturbationSet box =
              PerturbationSet.ball(theta.length, PerturbationSet.Norm.MAX, radius);
          for (RitzPair pair :
              ThickRestartLanczos.withDefaults()
                  .withLargest(10)
                  .solve(surface.hessian(theta), Seed.of(1))
                  .largest()) {
            for (int sign = -1; sign <= 1; sign += 2) {
              double[] corner = box.furthest(pair.vector());
              for (int i = 0; i < theta.length; i++) {
                corner[i] = theta[i] + sign * corner[i];
              }
              assertThat(surface.value(corner)).isLessThan(loss + epsilon);
            }
          }
          SharpnessResult longer =
              SharpnessSearch.withDefaults()
                  .withStarts(40)
                  .withGradients(100)
                  .maximize(surface, theta, box, Seed.of(9));
          assertThat(longer.increase().value()).isLessThan(epsilon);
          assertThat((List<?>) certificate.get("lookedAt")).hasSizeGreaterThanOrEqualTo(5);
        });
  }
}
