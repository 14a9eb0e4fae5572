package dev.flatness.surface;

import java.util.List;

/**
 * Everything that one sweep of K backward passes gives exactly for a piecewise-linear network.
 *
 * @param layers one entry per dense or convolutional layer, in forward order
 * @param diagonal the diagonal of the whole Hessian in the order of θ; its sum is the trace
 */
public record ClosedForms(List<LayerForms> layers, double[] diagonal) {
  /**
   * Copies the list and the diagonal.
   *
   * @param layers one entry per dense or convolutional layer, in forward order
   * @param diagonal the diagonal of the whole Hessian in the order of θ; its sum is the trace
   */
  public ClosedForms {
    layers = List.copyOf(layers);
    diagonal = diagonal.clone();
  }

  /**
   * Returns a copy.
   *
   * @return a copy
   */
  @Override
  public double[] diagonal() {
    return diagonal.clone();
  }

  /**
   * Returns the trace of the whole Hessian.
   *
   * @return Σ_i H_ii
   */
  public double trace() {
    double sum = 0;
    for (double entry : diagonal) {
      sum += entry;
    }
    return sum;
  }
}
