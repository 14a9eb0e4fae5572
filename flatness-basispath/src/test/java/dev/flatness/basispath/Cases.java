package dev.flatness.basispath;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Progress;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.testkit.RandomDatasets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Small subjects to measure, and estimates by name. */
final class Cases {
  static final Seed SEED = Seed.of(11);

  private Cases() {}

  /** A surface over 12 random samples under the loss that the seed chooses. */
  static NetworkSurface surface(Network network, Seed seed) {
    boolean real = network.output().shape().size() == 1 || (seed.split("loss").value() & 1) == 0;
    Loss loss = real ? SquaredError.summed() : SoftmaxCrossEntropy.onLogits();
    Dataset data =
        real
            ? RandomDatasets.real(network, 12, seed.split("data"))
            : RandomDatasets.labelled(network, 12, seed.split("data"));
    return surface(network, data, loss);
  }

  static NetworkSurface surface(Network network, Dataset data, Loss loss) {
    return NetworkSurface.of(
        network, data, loss, SurfaceOptions.withDefaults().withThreads(1).withGemm("plain"));
  }

  static Subject subject(NetworkSurface surface, SkeletonRule rule) {
    return new Subject(
        surface,
        MeasureSettings.withDefaults()
            .with(BasisPathSettings.class, BasisPathSettings.withDefaults().withSkeleton(rule)),
        Progress.NONE);
  }

  static List<Measure> all() {
    PsiMeasures provider = new PsiMeasures();
    return Stream.concat(provider.measures().stream(), provider.onRequest().stream()).toList();
  }

  /** The estimates of all measures that are defined, by id. */
  static Map<String, Estimate> measure(Subject subject) {
    Map<String, Estimate> estimates = new LinkedHashMap<>();
    for (Measure measure : all()) {
      if (measure.inapplicable(subject).isEmpty()) {
        measure.evaluate(subject, SEED).forEach(e -> estimates.put(e.id(), e));
      }
    }
    return estimates;
  }
}
