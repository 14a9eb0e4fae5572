package dev.flatness.internal.engine;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.List;

/**
 * The multiply-adds a sample costs when the own Hessian blocks of several layers are multiplied, in
 * two ways: a tangent and a cotangent through everything above each layer, or K cotangents through
 * everything once.
 *
 * @param byTangents Σ over layers of twice the weights' work above it
 * @param perFactor the work of pulling one cotangent through the network
 */
public record LayerCost(long byTangents, long perFactor) {
  /**
   * Counts a network's multiply-adds; {@code live[l]} tells which nodes depend on the weight of
   * layer l.
   */
  public static LayerCost of(Network network, List<Node> layers, boolean[][] live) {
    long byTangents = 0;
    long perFactor = 0;
    for (Node node : network.weightLayers()) {
      long work = (long) network.weight(node).size() * node.shape().positions();
      boolean pulled = false;
      for (int l = 0; l < layers.size(); l++) {
        if (live[l][node.input()]) {
          byTangents += 2 * work;
          pulled = true;
        }
      }
      perFactor += pulled ? work : 0;
    }
    return new LayerCost(byTangents, perFactor);
  }

  /** Whether K cotangents cost less. */
  public boolean factorsAreCheaper(int factors) {
    return factors * perFactor < byTangents;
  }
}
