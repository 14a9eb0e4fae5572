package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.InputSpread;
import dev.flatness.internal.engine.Moments;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass forward for the spread of the inputs of weight layers, in double: per coordinate of a
 * dense layer, per channel of a convolution.
 */
final class SpreadPass {
  private final NetworkEngine engine;
  private final List<Node> layers = new ArrayList<>();

  SpreadPass(NetworkEngine engine, Collection<Node> wanted) {
    this.engine = engine;
    for (Node node : engine.network.weightLayers()) {
      if (wanted.contains(node)) {
        layers.add(node);
      }
    }
  }

  /** The spread over the samples of all chunks. */
  InputSpread run(Chunks from) {
    if (layers.isEmpty()) {
      return InputSpread.none();
    }
    Moments[] total = none();
    Moments[][] parts = new Moments[engine.options.threads()][];
    engine.runner.run(
        from.count(),
        (w, chunk) -> {
          engine.workers[w].value(from, chunk);
          parts[w] = parts[w] == null ? none() : parts[w];
          for (int l = 0; l < parts[w].length; l++) {
            take(layers.get(l), engine.workers[w].frame, parts[w][l]);
          }
        },
        w -> {
          for (int l = 0; l < total.length; l++) {
            total[l].add(parts[w][l]);
          }
        });
    Map<Integer, Moments> byIndex = new HashMap<>();
    for (int l = 0; l < total.length; l++) {
      byIndex.put(layers.get(l).index(), total[l]);
    }
    return new InputSpread(byIndex);
  }

  private Moments[] none() {
    Moments[] moments = new Moments[layers.size()];
    Arrays.setAll(moments, l -> new Moments(coordinates(layers.get(l))));
    return moments;
  }

  /** Those of a layer over a chunk, in two passes over what is in the cache. */
  private void take(Node node, Frame f, Moments moments) {
    int n = rows(node) * f.columns;
    double[] x = f.value(node.input());
    moments.setCount(n);
    for (int c = 0; c < moments.mean.length; c++) {
      int from = c * n;
      /*64*/ double middle = PlainLoops.sum(x, from, n) / n;
      /*64*/ double sum = 0;
      for (int j = from; j < from + n; j++) {
        sum += (x[j] - middle) * (x[j] - middle);
      }
      moments.mean[c] = middle;
      moments.deviations[c] = sum;
    }
  }

  private static int coordinates(Node node) {
    return node.layer() instanceof Layer.Convolution convolution
        ? convolution.inputChannels()
        : ((Layer.Dense) node.layer()).inputs();
  }

  private int rows(Node node) {
    return node.layer() instanceof Layer.Convolution
        ? engine.network.node(node.input()).shape().positions()
        : 1;
  }
}
