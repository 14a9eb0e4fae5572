package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.ParameterSet;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.SymmetricOperatorContract;
import org.junit.jupiter.api.Nested;

/** The contract of symmetric operators, for curvature matrices and for a dense one. */
class OperatorContractsTest {
  private static final Seed SEED = Seed.of(20271);
  private static final Network NETWORK =
      RandomNetworks.withDefaults().withSmoothActivations(true).draw(SEED);

  @Nested
  class OfTheHessian extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      return Cases.surface(NETWORK, SEED).hessian(NETWORK.parameterVector());
    }
  }

  @Nested
  class OfTheGaussNewtonMatrixOfSomeParameters extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      ParameterSet some = ParameterSet.of(NETWORK.parameters().subList(0, 1));
      return Cases.surface(NETWORK, SEED)
          .curvature(Curvature.GAUSS_NEWTON, NETWORK.parameterVector(), some);
    }
  }

  @Nested
  class OfADenseMatrix extends SymmetricOperatorContract {
    @Override
    protected SymmetricOperator operator() {
      return DenseSymmetric.of(Cases.surface(NETWORK, SEED).hessian(NETWORK.parameterVector()));
    }
  }
}
