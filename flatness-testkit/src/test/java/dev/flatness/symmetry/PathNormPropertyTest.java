package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PathNormPropertyTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> piecewiseLinear() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Network> vectors() {
    RandomNetworks vectors =
        RandomNetworks.withDefaults()
            .withArchitectures(
                Architecture.DENSE, Architecture.RESIDUAL, Architecture.CONCATENATING)
            .withMaximumParameters(100);
    return NetworkArbitraries.networks(vectors).filter(network -> network.inputShape().rank() == 1);
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property
  void isInvariantToNeuronWiseRescaling(
      @ForAll("networks") Network network,
      @ForAll("seeds") Seed seed,
      @ForAll @IntRange(min = 1, max = 3) int p) {
    PathNorm norm = PathNorm.withDefaults().withExponent(p).withSumOverMaxPooling(p == 3);
    ScaleClasses classes = ScaleClasses.of(network);
    double before = norm.of(network).value();
    Network rescaled = Rescaling.random(classes, 1000, seed).applyTo(network);
    assertThat(Math.abs(norm.of(rescaled).value() - before)).isLessThanOrEqualTo(1e-12 * before);
    Network far = Rescaling.randomPowersOfTwo(classes, 400, seed).applyTo(network);
    assertThat(Math.abs(norm.of(far).value() - before)).isLessThanOrEqualTo(1e-10 * before);
  }

  /**
   * With positive weights and inputs every rectifier is open, so the network itself sums its paths.
   */
  @Property(tries = 200, maxDiscardRatio = 40)
  void equalsTheNetworkOfPowersOnOnes(
      @ForAll("piecewiseLinear") Network network, @ForAll @IntRange(min = 1, max = 2) int p) {
    Assume.that(network.nodes().stream().noneMatch(node -> node.layer() instanceof Layer.Constant));
    Assume.that(network.nodes().stream().allMatch(node -> opensOnPositives(node.layer())));
    Assume.that(
        p == 1
            || network.nodes().stream()
                .noneMatch(node -> node.layer() instanceof Layer.AveragePool));
    double[] powers =
        Arrays.stream(network.parameterVector()).map(w -> Math.pow(Math.abs(w), p)).toArray();
    double[] ones = new double[network.inputShape().size()];
    Arrays.fill(ones, 1);
    double[] output = network.withParameters(powers).outputs(ones);
    double expected = Math.pow(Arrays.stream(output).sum(), 1.0 / p);
    double actual = PathNorm.withDefaults().withExponent(p).of(network).value();
    assertThat(Math.abs(actual - expected)).isLessThanOrEqualTo(1e-12 * expected);
  }

  private static boolean opensOnPositives(Layer layer) {
    boolean signs =
        layer instanceof Layer.LinearMap map
            && IntStream.range(0, map.matrix().entries()).anyMatch(e -> map.matrix().value(e) != 1);
    boolean bounded =
        layer instanceof Layer.Activate activate && !activate.function().positivelyHomogeneous();
    return !signs && !bounded;
  }

  @Property(tries = 200)
  void equalsTheSumOverAllPathsOneByOne(
      @ForAll("vectors") Network network, @ForAll @IntRange(min = 1, max = 3) int p) {
    double sum = 0;
    Paths paths = new Paths(network, p);
    for (int k = 0; k < network.output().shape().size(); k++) {
      sum += paths.below(network.output(), k, 1);
    }
    double expected = Math.pow(sum, 1.0 / p);
    double actual = PathNorm.withDefaults().withExponent(p).of(network).value();
    assertThat(Math.abs(actual - expected)).isLessThanOrEqualTo(1e-11 * expected);
  }

  /** Walks every path back from an output to its source, carrying the product of its weights. */
  private record Paths(Network network, int p) {
    double below(Node node, int feature, double product) {
      if (product == 0) {
        return 0;
      }
      Layer layer = node.layer();
      if (layer instanceof Layer.Input) {
        return Math.pow(Math.abs(product), p);
      } else if (layer instanceof Layer.Dense dense) {
        double[] weight = network.values(network.weight(node));
        double sum = bias(node, feature, product);
        for (int t = 0; t < dense.inputs(); t++) {
          sum += below(source(node, 0), t, product * weight[feature * dense.inputs() + t]);
        }
        return sum;
      } else if (layer instanceof Layer.Affine) {
        double scale = node.weight() < 0 ? 1 : network.values(network.weight(node))[feature];
        return bias(node, feature, product) + below(source(node, 0), feature, product * scale);
      } else if (layer instanceof Layer.Constant constant) {
        double scale = one(constant.scale(), feature);
        double shift = Math.pow(Math.abs(product * one(constant.shift(), feature)), p);
        return shift + below(source(node, 0), feature, product * scale);
      } else if (layer instanceof Layer.LinearMap map) {
        SparseMatrix a = map.matrix();
        double sum = 0;
        for (int e = a.start(feature); e < a.start(feature + 1); e++) {
          sum += below(source(node, 0), a.column(e), product * a.value(e));
        }
        return sum;
      } else if (layer instanceof Layer.Activate) {
        return below(source(node, 0), feature, product);
      } else if (layer instanceof Layer.Add) {
        double sum = 0;
        for (int i = 0; i < node.inputs().size(); i++) {
          sum += below(source(node, i), feature, product);
        }
        return sum;
      } else if (layer instanceof Layer.Concatenate) {
        int left = feature;
        int operand = 0;
        while (left >= source(node, operand).shape().size()) {
          left -= source(node, operand++).shape().size();
        }
        return below(source(node, operand), left, product);
      }
      throw new AssertionError(layer);
    }

    private Node source(Node node, int operand) {
      return network.node(node.inputs().get(operand));
    }

    private double bias(Node node, int feature, double product) {
      if (node.bias() < 0) {
        return 0;
      }
      double[] bias = network.values(network.bias(node));
      return Math.pow(Math.abs(product * bias[bias.length == 1 ? 0 : feature]), p);
    }

    private static double one(List<Double> list, int feature) {
      return list.get(list.size() == 1 ? 0 : feature);
    }
  }
}
