package dev.flatness.testkit;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import java.util.List;

class LossTest extends LossSurfaceContract {
  private final Network network =
      RandomNetworks.withDefaults().withSmoothActivations(true).draw(Seed.of(1));
  private final Dataset data = RandomDatasets.real(network, 9, Seed.of(2));

  @Override
  protected LossSurface surface() {
    return NetworkSurface.of(network, data, SquaredError.summed());
  }

  @Override
  protected double[] point() {
    return network.parameterVector();
  }

  @Override
  protected List<Curvature> matrices() {
    return List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON);
  }
}
