package dev.flatness.measure;

/** What one number of a measure belongs to. */
public enum Scope {
  /** The whole network: one value. */
  NETWORK("network"),
  /** One layer: one value a layer. */
  LAYER("layer"),
  /** The neurons of one layer: a list a layer. */
  NEURON("neuron");

  private final String id;

  Scope(String id) {
    this.id = id;
  }

  /**
   * Returns the name used in reports.
   *
   * @return for instance {@code layer}
   */
  public String id() {
    return id;
  }
}
