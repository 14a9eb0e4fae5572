package dev.flatness.hessian;

import dev.flatness.network.Layer;

/**
 * Which neuron each entry of a layer's weight belongs to: the input it reads (column) or the output
 * it feeds (row).
 *
 * @param count the number of neurons
 * @param owner the neuron of each entry
 */
record NeuronIndex(int count, int[] owner) {
  static NeuronIndex of(Layer layer, boolean rows) {
    Geometry geometry = Geometry.of(layer);
    int columns = geometry.groups() * geometry.inputsPerGroup();
    int[] owner = new int[geometry.rows() * geometry.rowLength()];
    for (int e = 0; e < owner.length; e++) {
      int row = e / geometry.rowLength();
      int input = e % geometry.rowLength() / geometry.taps();
      owner[e] = rows ? row : row / geometry.rowsPerGroup() * geometry.inputsPerGroup() + input;
    }
    return new NeuronIndex(rows ? geometry.rows() : columns, owner);
  }

  /**
   * The weight as groups of rows: dense layers are one group with one tap, affine layers one group
   * a channel.
   */
  record Geometry(int groups, int rows, int inputsPerGroup, int taps) {
    static Geometry of(Layer layer) {
      if (layer instanceof Layer.Dense dense) {
        return new Geometry(1, dense.outputs(), dense.inputs(), 1);
      }
      if (layer instanceof Layer.Affine affine) {
        return new Geometry(affine.channels(), affine.channels(), 1, 1);
      }
      Layer.Convolution convolution = (Layer.Convolution) layer;
      return new Geometry(
          convolution.groups(),
          convolution.outputChannels(),
          convolution.inputChannels() / convolution.groups(),
          convolution.window().taps());
    }

    int rowsPerGroup() {
      return rows / groups;
    }

    int rowLength() {
      return inputsPerGroup * taps;
    }
  }
}
