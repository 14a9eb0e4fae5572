package dev.flatness.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;

/**
 * A layer or another vertex at its place in a configuration.
 *
 * @param key what the names of its parameters begin with in DL4J's table
 * @param name its name here
 * @param layer its layer, with a wrapper that only freezes it taken off; null for another vertex
 * @param vertex the vertex; null for a layer
 * @param frozen whether training leaves it alone
 * @param preprocessor what its input passes first
 * @param inputs the keys of what it reads
 */
record Part(
    String key,
    String name,
    @Nullable Layer layer,
    @Nullable GraphVertex vertex,
    boolean frozen,
    @Nullable InputPreProcessor preprocessor,
    List<String> inputs) {
  /** What the part is, for messages. */
  String kind() {
    Object kind = layer == null ? vertex : layer;
    return kind == null ? "nothing" : kind.getClass().getSimpleName();
  }
}
