package dev.flatness.internal.dense;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.List;

/** A function of each entry of a vector alone, which holds no parameters. */
public interface Pointwise {
  /**
   * Evaluates the function.
   *
   * @param entry the position in the vector
   * @param x the entry
   * @return its image
   */
  double value(int entry, double x);

  /**
   * Evaluates the derivative.
   *
   * @param entry the position in the vector
   * @param x the entry
   * @return the slope there
   */
  double slope(int entry, double x);

  /** Tells whether the function is the ReLU, which passes treat by loops of their own. */
  default boolean relu() {
    return false;
  }

  /** Tells whether the function changes nothing. */
  default boolean identity() {
    return false;
  }

  /** Returns an activation as a function of entries. */
  static Pointwise of(Node node, Activation function) {
    int positions = node.shape().positions();
    boolean relu = function.kind() == Activation.Kind.RELU;
    return new Pointwise() {
      @Override
      public double value(int entry, double x) {
        return function.at(entry / positions).value(x);
      }

      @Override
      public double slope(int entry, double x) {
        return function.at(entry / positions).derivative(x);
      }

      @Override
      public boolean relu() {
        return relu;
      }
    };
  }

  /** Returns a scaling and shift by constants as a function of entries. */
  static Pointwise of(Node node, Layer.Constant constant) {
    int positions = node.shape().positions();
    return new Pointwise() {
      @Override
      public double value(int entry, double x) {
        return x * at(constant.scale(), entry) + at(constant.shift(), entry);
      }

      @Override
      public double slope(int entry, double x) {
        return at(constant.scale(), entry);
      }

      private double at(List<Double> numbers, int entry) {
        return numbers.get(numbers.size() == 1 ? 0 : entry / positions);
      }
    };
  }

  /** Returns f_k ∘ … ∘ f_1. */
  static Pointwise of(List<Pointwise> functions) {
    if (functions.size() == 1) {
      return functions.get(0);
    }
    List<Pointwise> all = List.copyOf(functions);
    return new Pointwise() {
      @Override
      public boolean identity() {
        return all.isEmpty();
      }

      @Override
      public double value(int entry, double x) {
        double y = x;
        for (Pointwise each : all) {
          y = each.value(entry, y);
        }
        return y;
      }

      @Override
      public double slope(int entry, double x) {
        double y = x;
        double slope = 1;
        for (Pointwise each : all) {
          slope *= each.slope(entry, y);
          y = each.value(entry, y);
        }
        return slope;
      }
    };
  }
}
