package dev.flatness.symmetry;

/**
 * What the features of a node belong to: feature e belongs to {@code ids[e / span]}. One entry a
 * channel wherever channels stay whole, however the value is reshaped.
 */
record FeatureClasses(int[] ids, int span) {
  int at(int feature) {
    return ids[feature / span];
  }

  int size() {
    return ids.length * span;
  }
}
