package dev.flatness.onnx;

import dev.flatness.tensor.Shape;

/**
 * What a name of the file's graph stands for: a constant, or something that depends on the input.
 */
sealed interface Value permits Constant, Value.Signal {
  /**
   * A value per sample and where the file's tensor has its batch axis.
   *
   * @param step the step that makes it; its shape leaves out the batch axis
   * @param batchAxis the position of the batch axis in the file's tensor, −1 where it was squeezed
   */
  record Signal(Step step, int batchAxis) implements Value {
    Shape shape() {
      return step.shape();
    }

    /** The rank of the file's tensor, batch axis included. */
    int rank() {
      return shape().rank() + (batchAxis < 0 ? 0 : 1);
    }

    /**
     * The position in the sample's shape of an axis of the file's tensor; −1 for the batch axis.
     */
    int sampleAxis(int axis) {
      if (axis == batchAxis) {
        return -1;
      }
      return batchAxis >= 0 && axis > batchAxis ? axis - 1 : axis;
    }

    /**
     * Whether all axes before the batch axis have one entry, so that samples lie one after the
     * other.
     */
    boolean batchLeads() {
      for (int axis = 0; axis < batchAxis; axis++) {
        if (shape().extent(axis) != 1) {
          return false;
        }
      }
      return true;
    }

    Signal with(Step changed) {
      return new Signal(changed, batchAxis);
    }

    /** The file's shape in words, with N for the batch axis. */
    String described() {
      StringBuilder text = new StringBuilder("[");
      for (int axis = 0; axis < rank(); axis++) {
        text.append(axis == 0 ? "" : ", ");
        text.append(axis == batchAxis ? "N" : String.valueOf(shape().extent(sampleAxis(axis))));
      }
      return text.append(']').toString();
    }
  }
}
