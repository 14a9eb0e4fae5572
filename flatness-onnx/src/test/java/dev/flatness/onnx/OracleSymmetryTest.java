package dev.flatness.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.PathNorm;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.OracleCases;
import dev.flatness.testkit.RandomDatasets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scale classes, path norms and function equality on the oracle networks. */
class OracleSymmetryTest {
  @TempDir Path folder;

  static List<String> names() {
    return OracleCases.names();
  }

  private Network network(String name) {
    Path file = OracleCases.copyTo(name, folder).resolve("network.onnx");
    return OnnxReader.withDefaults().read(file).network();
  }

  private static OptionalDouble expected(String name, String key) throws IOException {
    try (var in = OracleCases.open(name, "expected.json")) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher number = Pattern.compile('"' + key + "\"\\s*:\\s*([-+.0-9eE]+)").matcher(json);
      return number.find()
          ? OptionalDouble.of(Double.parseDouble(number.group(1)))
          : OptionalDouble.empty();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyHiddenUnitIsALiveFreeClass(String name) throws IOException {
    DeadClasses dead = DeadClasses.of(network(name));
    double hidden =
        name.equals("residual-small") ? 10 : expected(name, "hidden-units").orElseThrow();
    assertThat((double) dead.liveFreeCount()).isEqualTo(hidden);
    assertThat(dead.names()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void pathNormsAgree(String name) throws IOException {
    Network network = network(name);
    for (int p = 1; p <= 2; p++) {
      OptionalDouble expected = expected(name, "path-norm-" + p);
      assertThat(expected.isPresent()).isEqualTo(!name.equals("lenet-small"));
      if (expected.isPresent()) {
        PathNorm norm = PathNorm.withDefaults().withExponent(p);
        double value = expected.getAsDouble();
        assertThat(norm.of(network).value()).isCloseTo(value, within(1e-12 * value));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void rescalingsAndPermutationsKeepTheFunction(String name) {
    Network network = network(name);
    ScaleClasses classes = ScaleClasses.of(network);
    Network moved =
        Permutation.random(network, Seed.of(1))
            .applyTo(Rescaling.random(classes, 1000, Seed.of(2)).applyTo(network));
    Network layerWise = Rescaling.randomLayerWise(classes, 1000, Seed.of(3)).applyTo(network);
    for (int sample = 0; sample < 5; sample++) {
      double[] input = RandomDatasets.input(network, Seed.of(sample));
      double[] output = network.outputs(input);
      double largest = Arrays.stream(output).map(Math::abs).max().orElseThrow();
      assertThat(moved.outputs(input)).containsExactly(output, within(1e-12 * largest));
      assertThat(layerWise.outputs(input)).containsExactly(output, within(1e-12 * largest));
    }
  }

  @Test
  void theRescaledNetworkHasTheSameMinimumNormRepresentative(@TempDir Path other) {
    double[] expected = Gauge.minimumNorm(network("mlp-bias-unequal")).parameterVector();
    Path file = OracleCases.copyTo("mlp-bias-unequal-rescaled", other).resolve("network.onnx");
    Network rescaled = OnnxReader.withDefaults().read(file).network();
    assertThat(rescaled.parameterVector()).isNotEqualTo(expected);
    double[] actual = Gauge.minimumNorm(rescaled).parameterVector();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-10 * Math.abs(expected[i])));
    }
  }
}
