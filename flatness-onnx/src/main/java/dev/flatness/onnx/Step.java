package dev.flatness.onnx;

import dev.flatness.network.Layer;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** One layer on its way into a network; folding changes its weights and inputs. */
final class Step {
  /**
   * A parameter tensor.
   *
   * @param values its entries in the library's layout
   * @param extents its shape
   * @param root the constant of the file whose entries these are, null when computed
   */
  record Weights(double[] values, int[] extents, String root) {
    static Weights vector(double[] values, String root) {
      return new Weights(values, new int[] {values.length}, root);
    }

    Weights withRoot(String changed) {
      return new Weights(values, extents, changed);
    }

    boolean sameAs(Weights other) {
      return Arrays.equals(values, other.values) && Arrays.equals(extents, other.extents);
    }
  }

  private final String name;
  private final OnnxNode origin;
  private final Shape shape;
  private Layer layer;
  private List<Step> inputs;
  private Weights weight;
  private Weights bias;
  private final boolean end;
  private final boolean preprocessing;

  Step(String name, OnnxNode origin, Layer layer, Shape shape, List<Step> inputs) {
    this.name = name;
    this.origin = origin;
    this.layer = layer;
    this.shape = shape;
    this.inputs = inputs;
    this.end = layer instanceof Layer.Softmax || moves() && input().end;
    this.preprocessing = layer instanceof Layer.Input || preprocesses() && input().preprocessing;
  }

  String name() {
    return name;
  }

  /** The file's node it stems from; null for the network's input. */
  OnnxNode origin() {
    return origin;
  }

  Layer layer() {
    return layer;
  }

  /** Whether it was made as the softmax at the network's end, or as a change of shape after it. */
  boolean end() {
    return end;
  }

  /** Whether it was made as the input but for constants, linear maps and moves. */
  boolean preprocessing() {
    return preprocessing;
  }

  /** Whether it is of a kind that leaves an input the input. */
  boolean preprocesses() {
    return moves() || layer instanceof Layer.Constant || layer instanceof Layer.LinearMap;
  }

  Shape shape() {
    return shape;
  }

  List<Step> inputs() {
    return inputs;
  }

  Step input() {
    return inputs.get(0);
  }

  /** W of a dense or convolutional layer; the scale of an affine one, null without. */
  Weights weight() {
    return weight;
  }

  /** The bias or shift, null without; of an affine layer one per channel or one for all. */
  Weights bias() {
    return bias;
  }

  void setLayer(Layer changed) {
    layer = changed;
  }

  void setInputs(List<Step> changed) {
    inputs = List.copyOf(changed);
  }

  Step setWeights(Weights newWeight, Weights newBias) {
    weight = newWeight;
    bias = newBias;
    return this;
  }

  /** Whether it only moves or renames entries. */
  boolean moves() {
    return layer instanceof Layer.Reshape || layer instanceof Layer.Transpose;
  }
}
