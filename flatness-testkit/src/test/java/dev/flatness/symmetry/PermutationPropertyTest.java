package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class PermutationPropertyTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property
  void keepsTheFunctionAndMovesParameters(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Permutation permutation = Permutation.random(network, seed.split("order"));
    Network permuted = permutation.applyTo(network);
    RescalingPropertyTest.assertSameFunction(network, permuted, seed.split("input"), 1e-12);
    assertThat(permuted.parameterVector()).containsExactlyInAnyOrder(network.parameterVector());
    Statistics.label("moved")
        .collect(!permutation.isIdentity())
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 70));
  }

  @Property
  void listsOfUnitsFollow(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Permutation permutation = Permutation.random(network, seed);
    Network permuted = permutation.applyTo(network);
    for (Node layer : network.weightLayers()) {
      double[] expected = permutation.permuteRows(layer, rowNorms(network, layer));
      double[] actual = rowNorms(permuted, layer);
      for (int s = 0; s < expected.length; s++) {
        RescalingPropertyTest.assertClose(actual[s], expected[s], 1e-14);
      }
    }
  }

  @Property
  void pathNormsDoNotChange(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network permuted = Permutation.random(network, seed).applyTo(network);
    double norm = PathNorm.withDefaults().of(network).value();
    RescalingPropertyTest.assertClose(PathNorm.withDefaults().of(permuted).value(), norm, 1e-12);
  }

  private static double[] rowNorms(Network network, Node layer) {
    Parameter weight = network.weight(layer);
    double[] values = network.values(weight);
    int length = weight.shape().positions();
    return IntStream.range(0, weight.shape().extent(0))
        .mapToDouble(
            s ->
                IntStream.range(0, length).mapToDouble(t -> Math.abs(values[s * length + t])).sum())
        .toArray();
  }
}
