package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.testkit.CoordinatesContract;
import dev.flatness.testkit.RandomNetworks;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Basis-path coordinates do what coordinates must do, under both rules and on any graph. */
class CoordinatesTest {
  private abstract static class Contract extends CoordinatesContract {
    private final BasisPathCoordinates coordinates;

    Contract(Skeleton skeleton) {
      coordinates = BasisPaths.of(skeleton).coordinates();
    }

    @Override
    protected Coordinates coordinates() {
      return coordinates;
    }

    @Override
    protected double[] point() {
      return coordinates.paths().values();
    }
  }

  private static Network random(RandomNetworks.Architecture kind) {
    return RandomNetworks.withDefaults().withArchitectures(kind).draw(Seed.of(21));
  }

  @Nested
  class OfAChainUnderTheDiagonalRule extends Contract {
    OfAChainUnderTheDiagonalRule() {
      super(Skeleton.diagonal(Cases.mlp(true, Seed.of(2), 5, 7, 3, 9, 4)));
    }
  }

  @Nested
  class OfAChainUnderTheBalancedRule extends Contract {
    OfAChainUnderTheBalancedRule() {
      super(Skeleton.balanced(Cases.mlp(true, Seed.of(2), 5, 7, 3, 9, 4)));
    }
  }

  @Nested
  class OfAConvolution extends Contract {
    OfAConvolution() {
      super(Skeleton.auto(random(RandomNetworks.Architecture.CONVOLUTIONAL)));
    }
  }

  @Nested
  class OfAResidualNetwork extends Contract {
    OfAResidualNetwork() {
      super(Skeleton.auto(random(RandomNetworks.Architecture.RESIDUAL)));
    }
  }

  @Nested
  class OfABranchingNetwork extends Contract {
    OfABranchingNetwork() {
      super(Skeleton.auto(random(RandomNetworks.Architecture.CONCATENATING)));
    }
  }

  @Test
  void theChartEndsWhereADivisorChangesItsSign() {
    BasisPathCoordinates coordinates =
        BasisPaths.of(Skeleton.diagonal(Cases.mlp(false, Seed.of(4), 3, 4, 2))).coordinates();
    double[] v = coordinates.paths().values();
    BasisPath edge = coordinates.paths().radiusPath();
    assertThat(Math.abs(edge.value())).isEqualTo(coordinates.paths().radius());
    v[edge.index()] *= 1e-3;
    assertThat(coordinates.contains(v)).isTrue();
    v[edge.index()] *= -1;
    assertThat(coordinates.contains(v)).isFalse();
    assertThatThrownBy(() -> coordinates.parametersAt(v))
        .hasMessageContaining("coordinate " + edge.index())
        .hasMessageContaining("expected the sign of")
        .hasMessageContaining("the chart's radius");
    v[edge.index()] = Double.NaN;
    assertThatThrownBy(() -> coordinates.derivativeAt(v)).hasMessageContaining("a finite number");
  }

  @Test
  void weightsOfOtherSignsOnTheSkeletonHaveNoCoordinates() {
    Network network = Cases.mlp(false, Seed.of(4), 3, 4, 2);
    BasisPathCoordinates coordinates = BasisPaths.of(Skeleton.diagonal(network)).coordinates();
    double[] theta = network.parameterVector();
    int free = coordinates.paths().skeleton().freeEdges()[0];
    theta[free] = -theta[free];
    assertThatThrownBy(() -> coordinates.coordinatesOf(theta))
        .hasMessageContaining("on the skeleton is")
        .hasMessageContaining(PathEdge.of(network, free).toString());
  }
}
