package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** vᵀHv by sparse tangents against the dense products of the engine. */
class QuadraticFormsTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 200)
  void agreeWithProductsOnRandomNetworks(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    boolean real = network.output().shape().size() == 1;
    Loss loss = real ? SquaredError.summed() : SoftmaxCrossEntropy.onLogits();
    Dataset data =
        real
            ? RandomDatasets.real(network, 9, seed.split("data"))
            : RandomDatasets.labelled(network, 9, seed.split("data"));
    check(NetworkSurface.of(network, data, loss, options().withBatchSize(4)), seed, 1e-10);
  }

  static Stream<EngineTest.Case> cases() {
    return EngineTest.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreeWithProductsInFloat32(EngineTest.Case c) {
    SurfaceOptions options = options().withPrecision(Precision.FLOAT32);
    check(NetworkSurface.of(c.network(), c.data(), c.loss(), options), Seed.of(3), 2e-5);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areTheSameBitsOnAnyThreadsAndWithKeptActivations(EngineTest.Case c) {
    SurfaceOptions one = options().withThreads(1).withBatchSize(4);
    NetworkSurface plain = NetworkSurface.of(c.network(), c.data(), c.loss(), one);
    NetworkSurface kept =
        NetworkSurface.of(
            c.network(), c.data(), c.loss(), one.withThreads(3).withActivationBytes(1 << 30));
    Directions some = Directions.draw(plain.dimension(), Seed.of(8));
    double[] theta = c.network().parameterVector();
    double[] expected = plain.quadraticForms(theta, some.positions, some.values);
    for (int i = 0; i < 3; i++) {
      assertThat(kept.quadraticForms(theta, some.positions, some.values)).isEqualTo(expected);
    }
    // A product between must find what it needs, and leave what the next call needs.
    double[] v = Directions.dense(some.positions[0], some.values[0], plain.dimension());
    double[] product =
        plain.curvature(Curvature.HESSIAN, theta, ParameterSet.all(v.length)).apply(v);
    assertThat(kept.curvature(Curvature.HESSIAN, theta, ParameterSet.all(v.length)).apply(v))
        .isEqualTo(product);
    assertThat(kept.quadraticForms(theta, some.positions, some.values)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void refuseWhatIsNoDirection(EngineTest.Case c) {
    NetworkSurface surface = NetworkSurface.of(c.network(), c.data(), c.loss(), options());
    double[] theta = c.network().parameterVector();
    assertThatThrownBy(
            () -> surface.quadraticForms(theta, new int[][] {{2, 1}}, new double[][] {{1, 1}}))
        .hasMessageContaining("direction 0 has position 1 after 2");
    assertThatThrownBy(
            () -> surface.quadraticForms(theta, new int[][] {{theta.length}}, new double[][] {{1}}))
        .hasMessageContaining("below " + theta.length);
    assertThatThrownBy(
            () -> surface.quadraticForms(theta, new int[][] {{1}}, new double[][] {{1, 2}}))
        .hasMessageContaining("1 positions, but 2 values");
    assertThat(surface.quadraticForms(theta, new int[0][], new double[0][])).isEmpty();
  }

  private static SurfaceOptions options() {
    return SurfaceOptions.withDefaults().withGemm("plain");
  }

  private static void check(NetworkSurface surface, Seed seed, double tolerance) {
    int p = surface.dimension();
    double[] theta = surface.network().parameterVector();
    Directions some = Directions.draw(p, seed);
    double[] forms = surface.quadraticForms(theta, some.positions, some.values);
    var hessian = surface.curvature(Curvature.HESSIAN, theta, ParameterSet.all(p));
    for (int i = 0; i < forms.length; i++) {
      double[] v = Directions.dense(some.positions[i], some.values[i], p);
      double[] product = hessian.apply(v);
      double dot = 0;
      double size = 0;
      for (int e = 0; e < p; e++) {
        dot += v[e] * product[e];
        size += Math.abs(v[e] * product[e]);
      }
      // The form's terms may cancel: they are as large as the curvature around the direction.
      double scale = Math.max(size, norm(v) * norm(product));
      assertThat(forms[i])
          .as("direction %s", Arrays.toString(some.positions[i]))
          .isCloseTo(dot, within(tolerance * scale + 1e-300));
    }
  }

  private static double norm(double[] v) {
    return Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
  }

  /** Single entries, pairs, runs, and everything. */
  private record Directions(int[][] positions, double[][] values) {
    static Directions draw(int p, Seed seed) {
      RandomGenerator random = seed.split("directions").generator();
      int[][] positions = new int[12][];
      for (int i = 0; i < positions.length; i++) {
        int size = Math.min(p, i < 4 ? 1 : i < 7 ? 2 : i < 10 ? 1 + p / 3 : p);
        int from = i % 2 == 0 ? 0 : random.nextInt(p - size + 1);
        positions[i] =
            i % 2 == 0
                ? random.ints(0, p).distinct().limit(size).sorted().toArray()
                : java.util.stream.IntStream.range(from, from + size).toArray();
      }
      double[][] values = new double[positions.length][];
      Arrays.setAll(values, i -> random.doubles(positions[i].length).map(u -> 2 * u - 1).toArray());
      return new Directions(positions, values);
    }

    static double[] dense(int[] positions, double[] values, int p) {
      double[] v = new double[p];
      for (int i = 0; i < positions.length; i++) {
        v[positions[i]] = values[i];
      }
      return v;
    }
  }
}
