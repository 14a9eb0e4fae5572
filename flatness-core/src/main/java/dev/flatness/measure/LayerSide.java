package dev.flatness.measure;

/** Which units of a layer a list of neurons belongs to. */
public enum LayerSide {
  /** The units that the layer reads: columns of its weight. */
  INPUTS,
  /** The units that the layer writes: rows of its weight. */
  OUTPUTS
}
