package dev.flatness.testkit;

import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** The contracts of loss surfaces and of the operators that they give. */
class SurfaceContractsTest {
  private static final Seed SEED = Seed.of(20272);
  private static final Network LINEAR = RandomNetworks.withDefaults().draw(SEED);
  private static final Network SMOOTH =
      RandomNetworks.withDefaults().withSmoothActivations(true).draw(SEED.split("smooth"));

  @Nested
  class OfAPiecewiseLinearNetwork extends LossSurfaceContract {
    @Override
    protected LossSurface surface() {
      return NetworkSurface.of(LINEAR, RandomDatasets.real(LINEAR, 9, SEED), SquaredError.summed());
    }

    @Override
    protected double[] point() {
      return LINEAR.parameterVector();
    }

    @Override
    protected List<Curvature> matrices() {
      return Curvature.all(SEED);
    }
  }

  @Nested
  class OfASmoothNetwork extends LossSurfaceContract {
    @Override
    protected LossSurface surface() {
      return smooth();
    }

    @Override
    protected double[] point() {
      return SMOOTH.parameterVector();
    }
  }

  @Nested
  class OfASurfaceInLogarithmsOfMagnitudes extends LossSurfaceContract {
    private final LogMagnitude logarithms = new LogMagnitude(SMOOTH.parameterVector());

    @Override
    protected LossSurface surface() {
      return new PulledBackSurface(smooth(), logarithms);
    }

    @Override
    protected double[] point() {
      return logarithms.coordinatesOf(SMOOTH.parameterVector());
    }
  }

  @Nested
  class OfAPulledBackHessian extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      LogMagnitude logarithms = new LogMagnitude(SMOOTH.parameterVector());
      return new PulledBackSurface(smooth(), logarithms)
          .hessian(logarithms.coordinatesOf(SMOOTH.parameterVector()));
    }
  }

  @Nested
  class OfAFunction extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      return SymmetricOperator.of(3, x -> new double[] {2 * x[0] + x[1], x[0], -x[2]});
    }
  }

  @Nested
  class OfASum extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      SymmetricOperator hessian = smooth().hessian(SMOOTH.parameterVector());
      return SymmetricOperators.sum(hessian, SymmetricOperators.scaled(-0.25, hessian));
    }
  }

  private static NetworkSurface smooth() {
    return NetworkSurface.of(SMOOTH, RandomDatasets.real(SMOOTH, 9, SEED), SquaredError.summed());
  }
}
