package dev.flatness.testkit;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.PathNorm;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  @Test
  void whatIsClaimedHoldsOnOurNetwork() {
    Network network = RandomNetworks.withDefaults().draw(Seed.of(1));
    Dataset data = RandomDatasets.real(network, 9, Seed.of(2));
    NetworkSurface surface = NetworkSurface.of(network, data, SquaredError.summed());
    AuditAssertions.assertClaimsHold(Subject.of(surface), PathNorm.withDefaults());
  }
}
