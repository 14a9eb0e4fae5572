package dev.flatness.hessian;

import dev.flatness.data.Dataset;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.testkit.RandomDatasets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small subjects to measure, and estimates by name. */
public final class Cases {
  public static final Seed SEED = Seed.of(11);

  private Cases() {}

  /** A surface over 12 random samples under the loss that the network's outputs and seed choose. */
  public static NetworkSurface surface(Network network, Seed seed) {
    int outputs = network.output().shape().size();
    boolean real = (seed.split("loss").value() & 1) == 0;
    Loss loss =
        real
            ? SquaredError.summed()
            : outputs == 1 ? BinaryCrossEntropy.onLogits() : SoftmaxCrossEntropy.onLogits();
    Dataset data =
        real
            ? RandomDatasets.real(network, 12, seed.split("data"))
            : RandomDatasets.labelled(network, 12, seed.split("data"));
    return surface(network, data, loss);
  }

  public static NetworkSurface surface(Network network, Dataset data, Loss loss) {
    return NetworkSurface.of(
        network, data, loss, SurfaceOptions.withDefaults().withThreads(1).withGemm("plain"));
  }

  /** The same data and loss under another network. */
  public static NetworkSurface moved(NetworkSurface surface, Network network) {
    return surface(network, surface.dataset(), surface.loss());
  }

  public static Subject subject(NetworkSurface surface) {
    return Subject.of(surface);
  }

  /** The same subject, in which layers of small networks are sampled as those of large ones are. */
  public static Subject sampled(Subject subject) {
    return subject.where(
        HessianFacts.LAYER_PROBES,
        it -> new LayerProbes(it, it.seed().split("layer-probes")).withExactUpTo(0));
  }

  /** All estimates by id and layer: {@code kappa}, {@code kappa@fc1}. */
  public static Map<String, Estimate> measure(Subject subject, List<? extends Measure> measures) {
    Map<String, Estimate> estimates = new LinkedHashMap<>();
    for (Measure measure : measures) {
      for (Estimate estimate : measure.evaluate(subject.withSeed(SEED))) {
        String name =
            estimate.layer().isEmpty()
                ? estimate.id()
                : estimate.id() + "@" + estimate.layer().get();
        if (estimates.put(name, estimate) != null) {
          throw new AssertionError(name + " appears twice");
        }
      }
    }
    return estimates;
  }

  public static Map<String, Estimate> measure(NetworkSurface surface) {
    return measure(subject(surface), new HessianMeasures().measures());
  }
}
