package dev.flatness.coordinates;

import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.CoordinatesContract;
import dev.flatness.testkit.RandomNetworks;
import org.junit.jupiter.api.Nested;

/** Every change of variables keeps the contract. */
class CoordinatesContractsTest {
  private static final double[] POINT = {0.5, -2, 0.3, 3, -0.25};
  private static final double[] CENTER = {0.1, -1.5, 0.2, 2, -0.5};
  private static final double[][] MATRIX = {
    {2, -1, 0.5, 0, 0.1},
    {0.3, 1, 0, 0, -0.2},
    {0, 4, -3, 1, 0},
    {1, 0, 0, 0.5, 0.7},
    {0, 0.2, 0, -1, 2}
  };

  private abstract static class At extends CoordinatesContract {
    @Override
    protected double[] point() {
      return POINT.clone();
    }
  }

  @Nested
  class Identity extends At {
    @Override
    protected Coordinates coordinates() {
      return AffineMap.identity(5);
    }
  }

  @Nested
  class Diagonal extends At {
    @Override
    protected Coordinates coordinates() {
      return AffineMap.diagonal(new double[] {1, -2, 1e3, 0.5, 4}, CENTER);
    }
  }

  @Nested
  class Matrix extends At {
    @Override
    protected Coordinates coordinates() {
      return AffineMap.matrix(MATRIX, CENTER);
    }
  }

  @Nested
  class Rescaled extends CoordinatesContract {
    private final Network network = RandomNetworks.withDefaults().draw(Seed.of(3));

    @Override
    protected Coordinates coordinates() {
      return AffineMap.rescaled(Rescaling.random(ScaleClasses.of(network), 10, Seed.of(5)));
    }

    @Override
    protected double[] point() {
      return coordinates().coordinatesOf(network.parameterVector());
    }
  }

  /** ‖point − center‖ is 1.22. */
  @Nested
  class InsideTheShell extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.shell(CENTER, 5, 1, 2);
    }
  }

  @Nested
  class BetweenTheSpheres extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.shell(CENTER, 5, 4, 0.3);
    }
  }

  @Nested
  class OutsideTheShell extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.shell(CENTER, 1, 0.3, 0.6);
    }
  }

  @Nested
  class Sharpening extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.power(CENTER, -0.4, 0.1);
    }
  }

  @Nested
  class Flattening extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.power(CENTER, 0.7, 0.2);
    }
  }

  @Nested
  class PurePower extends At {
    @Override
    protected Coordinates coordinates() {
      return RadialCoordinates.power(CENTER, 0.5, 0);
    }
  }

  @Nested
  class NormalizedWeights extends CoordinatesContract {
    private final Network network = RandomNetworks.withDefaults().draw(Seed.of(8));

    @Override
    protected Coordinates coordinates() {
      return WeightNormalization.of(network);
    }

    @Override
    protected double[] point() {
      return coordinates().coordinatesOf(network.parameterVector());
    }
  }

  @Nested
  class LogarithmsInAShell extends At {
    @Override
    protected Coordinates coordinates() {
      return new LogMagnitude(new double[] {1, -1, 1, 1, -1})
          .compose(RadialCoordinates.power(CENTER, 0.3, 0.5));
    }
  }

  /** Of a user's own: θ = sinh η, entry by entry. */
  @Nested
  class OwnAfterAnother extends At {
    @Override
    protected Coordinates coordinates() {
      return new HyperbolicSines(5).compose(AffineMap.matrix(MATRIX, CENTER));
    }

    @Override
    protected double[] point() {
      return new double[] {0.05, -0.2, 0.03, 0.3, -0.25};
    }
  }
}
