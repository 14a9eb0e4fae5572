package dev.flatness.network;

import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.List;

/**
 * One operation of a network without its parameters' values: a sealed family.
 *
 * <p>Shapes: per sample, without the batch axis. Feature maps are {@code [channels, height,
 * width]}, vectors {@code [features]}. Weights are {@code [out, in]} for dense and {@code [out, in
 * / groups, kernelHeight, kernelWidth]} for convolutional layers.
 */
public sealed interface Layer {
  /** The network's input. */
  record Input() implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.input(this);
    }
  }

  /**
   * y = W x + b.
   *
   * @param inputs the number m of inputs
   * @param outputs the number d of outputs
   */
  record Dense(int inputs, int outputs) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.dense(this);
    }
  }

  /**
   * Two-dimensional cross-correlation with zero padding.
   *
   * @param inputChannels the number of input channels
   * @param outputChannels the number of output channels
   * @param groups the number of groups; output channel s reads group ⌊s·groups/outputChannels⌋
   * @param window kernel, stride, padding and dilation
   */
  record Convolution(int inputChannels, int outputChannels, int groups, Window window)
      implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.convolution(this);
    }
  }

  /**
   * One scale and one shift per channel (the first axis), both parameters: a standing
   * normalization. A node without a weight only shifts, one without a bias only scales; a bias of
   * one entry is added to every channel.
   *
   * @param channels the number of channels
   */
  record Affine(int channels) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.affine(this);
    }
  }

  /**
   * x·scale + shift with constants that are no parameters: preprocessing that stands in the file, a
   * constant factor.
   *
   * @param scale one factor, or one per channel
   * @param shift one summand, or one per channel
   */
  record Constant(List<Double> scale, List<Double> shift) implements Layer {
    /**
     * Copies the lists.
     *
     * @param scale one factor, or one per channel
     * @param shift one summand, or one per channel
     */
    public Constant {
      scale = List.copyOf(scale);
      shift = List.copyOf(shift);
    }

    /**
     * Tells whether the layer only scales.
     *
     * @return whether every shift is 0
     */
    public boolean linear() {
      return shift.stream().allMatch(value -> value == 0);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.constant(this);
    }
  }

  /**
   * An element-wise activation.
   *
   * @param function the function
   */
  record Activate(Activation function) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.activate(this);
    }
  }

  /**
   * Maximum over windows of a feature map; padding is never chosen.
   *
   * @param window the window
   */
  record MaxPool(Window window) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.maxPool(this);
    }
  }

  /**
   * Average over windows of a feature map.
   *
   * @param window the window, of dilation 1
   * @param countPadding whether zeros of the padding count in the divisor
   */
  record AveragePool(Window window, boolean countPadding) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.averagePool(this);
    }
  }

  /**
   * Zero padding of a feature map.
   *
   * @param top rows above
   * @param left columns at the left
   * @param bottom rows below
   * @param right columns at the right
   */
  record ZeroPad(int top, int left, int bottom, int right) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.zeroPad(this);
    }
  }

  /**
   * The same elements in the same order under another shape; flatten is one case.
   *
   * @param shape the new shape
   */
  record Reshape(Shape shape) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.reshape(this);
    }
  }

  /**
   * A permutation of the axes: output axis i is input axis {@code axes.get(i)}.
   *
   * @param axes the permutation
   */
  record Transpose(List<Integer> axes) implements Layer {
    /**
     * Copies the list.
     *
     * @param axes the permutation
     */
    public Transpose {
      axes = List.copyOf(axes);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.transpose(this);
    }
  }

  /**
   * y = A x for a constant matrix A, which holds no parameters: slices, sums over features,
   * repetition, zeros between entries.
   *
   * @param matrix A, from the entries of the input to those of the output, both row-major
   * @param shape the output's shape, with as many entries as A has rows
   */
  record LinearMap(SparseMatrix matrix, Shape shape) implements Layer {
    /**
     * Checks that the shape fits the matrix.
     *
     * @param matrix A, from the entries of the input to those of the output, both row-major
     * @param shape the output's shape, with as many entries as A has rows
     */
    public LinearMap {
      if (matrix.rows() != shape.size()) {
        throw new IllegalArgumentException(
            "linear map has " + matrix.rows() + " rows, which does not fit its shape " + shape);
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.linearMap(this);
    }
  }

  /** The element-wise sum of two or more values of one shape. */
  record Add() implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.add(this);
    }
  }

  /** Two or more values one after the other along the first axis. */
  record Concatenate() implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.concatenate(this);
    }
  }

  /**
   * Softmax over all entries of a sample, e^{x_k} / Σ_j e^{x_j}, or its logarithm: probabilities at
   * the network's end.
   *
   * @param logarithm whether the logarithm is taken
   */
  record Softmax(boolean logarithm) implements Layer {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.softmax(this);
    }
  }

  /**
   * Tells whether the layer multiplies a weight matrix: the layers that κ, ρ and relative flatness
   * are measured on.
   *
   * @return true for dense and convolutional layers
   */
  default boolean hasWeightMatrix() {
    return this instanceof Dense || this instanceof Convolution;
  }

  /**
   * Tells whether the value is piecewise linear in what the layer reads.
   *
   * @return false for a softmax and for smooth activations
   */
  default boolean piecewiseLinear() {
    return !(this instanceof Softmax)
        && !(this instanceof Activate activate && !activate.function().piecewiseLinear());
  }

  /**
   * Lets a visitor answer for the layer's kind.
   *
   * @param visitor the visitor
   * @param <R> what it returns
   * @return what the visitor's method for this kind returns
   */
  <R> R accept(Visitor<R> visitor);

  /**
   * One answer for every kind of layer.
   *
   * <p>It has one method for each kind, so the compiler finds every visitor that misses one. A
   * later version of the library may add a kind and its method. For a question about one or two
   * kinds {@code instanceof} is enough. The methods get the operation alone: a visitor that also
   * needs its place in the graph is made for one {@link Node}.
   *
   * @param <R> what the methods return
   */
  interface Visitor<R> {
    /**
     * Answers for the input.
     *
     * @param layer the layer
     * @return the answer
     */
    R input(Input layer);

    /**
     * Answers for a dense layer.
     *
     * @param layer the layer
     * @return the answer
     */
    R dense(Dense layer);

    /**
     * Answers for a convolution.
     *
     * @param layer the layer
     * @return the answer
     */
    R convolution(Convolution layer);

    /**
     * Answers for an affine layer.
     *
     * @param layer the layer
     * @return the answer
     */
    R affine(Affine layer);

    /**
     * Answers for a scaling and shift by constants.
     *
     * @param layer the layer
     * @return the answer
     */
    R constant(Constant layer);

    /**
     * Answers for an activation.
     *
     * @param layer the layer
     * @return the answer
     */
    R activate(Activate layer);

    /**
     * Answers for a max pooling.
     *
     * @param layer the layer
     * @return the answer
     */
    R maxPool(MaxPool layer);

    /**
     * Answers for an average pooling.
     *
     * @param layer the layer
     * @return the answer
     */
    R averagePool(AveragePool layer);

    /**
     * Answers for a zero padding.
     *
     * @param layer the layer
     * @return the answer
     */
    R zeroPad(ZeroPad layer);

    /**
     * Answers for a change of shape.
     *
     * @param layer the layer
     * @return the answer
     */
    R reshape(Reshape layer);

    /**
     * Answers for a permutation of axes.
     *
     * @param layer the layer
     * @return the answer
     */
    R transpose(Transpose layer);

    /**
     * Answers for a constant linear map.
     *
     * @param layer the layer
     * @return the answer
     */
    R linearMap(LinearMap layer);

    /**
     * Answers for a sum.
     *
     * @param layer the layer
     * @return the answer
     */
    R add(Add layer);

    /**
     * Answers for a concatenation.
     *
     * @param layer the layer
     * @return the answer
     */
    R concatenate(Concatenate layer);

    /**
     * Answers for a softmax.
     *
     * @param layer the layer
     * @return the answer
     */
    R softmax(Softmax layer);
  }
}
