package dev.flatness.symmetry;

import java.util.Set;

/**
 * What the symmetry of a network does with one layer's output, for people to read.
 *
 * @param layer the layer's name
 * @param channels the number of its output channels
 * @param freeClasses how many different free scale classes they belong to
 * @param anchors why channels are anchored; empty where all are free
 */
public record LayerSymmetry(String layer, int channels, int freeClasses, Set<Anchor> anchors) {
  /**
   * Copies the set.
   *
   * @param layer the layer's name
   * @param channels the number of its output channels
   * @param freeClasses how many different free scale classes they belong to
   * @param anchors why channels are anchored; empty where all are free
   */
  public LayerSymmetry {
    anchors = Set.copyOf(anchors);
  }
}
