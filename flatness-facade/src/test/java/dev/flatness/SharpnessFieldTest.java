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
import dev.flatness.loss.LossRequest;
import dev.flatness.loss.Losses;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.ExpectedIncrease.Noise;
import dev.flatness.sharpness.ExpectedIncrease.Result;
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
   * 3.0007e-10 ± 0.008e-10 from 200,000 pairs in another program, in float64. Float32 rounds the
   * loss by 4e-9.
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
}
