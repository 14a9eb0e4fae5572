package dev.flatness.hessian;

import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Lanczos runs of the layers' own Hessians. They advance together: one sweep over the data
 * gives every unfinished layer its next product. A layer's run depends on its position and the seed
 * alone.
 */
final class LayerSpectra {
  private final Subject subject;
  private final Seed seed;
  private final Map<Integer, LanczosRun> runs = new HashMap<>();

  LayerSpectra(Subject subject, Seed seed) {
    this.subject = subject;
    this.seed = seed;
  }

  /** The largest eigenvalue of each layer. */
  List<LayerOutcome> largest(List<Node> layers) {
    Lanczos method = HessianFacts.lanczos(subject).withEnds(End.LARGEST);
    double share = (double) method.maxBasisBytes() / subject.surface().dimension();
    List<Node> open = new ArrayList<>();
    List<double[]> products = new ArrayList<>();
    for (Node layer : layers) {
      if (!runs.containsKey(layer.index())) {
        int size = subject.network().weight(layer).size();
        // All layers' bases together take what one basis of the whole network may.
        Lanczos limited = method.withMaxBasisBytes(Math.max(1, (long) (share * size)));
        runs.put(layer.index(), limited.start(size, seed.split(layer.index())));
        open.add(layer);
        products.add(new double[size]);
      }
    }
    for (int sweep = 0; !open.isEmpty(); sweep++) {
      if (sweep > 0 && subject.monitor().stopped() || !advance(open, products, sweep)) {
        open.forEach(layer -> run(layer).stop(subject.monitor().whyStopped()));
      }
      for (int i = open.size() - 1; i >= 0; i--) {
        LanczosRun run = run(open.get(i));
        if (run.finished()) {
          run.release(0);
          open.remove(i);
          products.remove(i);
        }
      }
    }
    return layers.stream()
        .map(layer -> new LayerOutcome(layer, run(layer).outcome(End.LARGEST)))
        .toList();
  }

  private LanczosRun run(Node layer) {
    return Objects.requireNonNull(runs.get(layer.index()));
  }

  /** Takes a product for every layer; false where it was stopped in a sweep after the first. */
  private boolean advance(List<Node> layers, List<double[]> products, int sweep) {
    List<double[]> vectors = layers.stream().map(layer -> run(layer).nextVector()).toList();
    try {
      HessianFacts.layerProducts(subject, layers, vectors, products);
    } catch (PassStoppedException late) {
      if (sweep == 0) {
        throw late;
      }
      return false;
    }
    long done = 0;
    long expected = 0;
    for (int i = 0; i < layers.size(); i++) {
      LanczosRun run = run(layers.get(i));
      run.accept(products.get(i));
      done = Math.max(done, run.products());
      expected = Math.max(expected, run.expectedProducts());
    }
    subject.monitor().update("eigenvalues of the layers", done, expected);
    return true;
  }
}
