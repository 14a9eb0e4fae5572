package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RescalingTest {
  @Property
  void rescalingKeepsTheFunction(@ForAll long seed) {
    Network network = RandomNetworks.withDefaults().draw(Seed.of(seed));
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 100, Seed.of(seed));
    Dataset data = RandomDatasets.real(network, 5, Seed.of(seed));
    double before =
        NetworkSurface.of(network, data, SquaredError.summed()).value(network.parameterVector());
    Network rescaled = rescaling.applyTo(network);
    double after =
        NetworkSurface.of(rescaled, data, SquaredError.summed()).value(rescaled.parameterVector());
    assertThat(after).isCloseTo(before, withinPercentage(1e-6));
  }
}
