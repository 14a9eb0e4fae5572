package dev.flatness.surface;

import dev.flatness.network.Node;

/**
 * The closed forms of one dense or convolutional layer of a piecewise-linear network.
 *
 * <p>Formulas with b_k = Σ_p g_{k,p} φ_pᵀ per sample, g back-propagated from the columns a_k of the
 * loss's factor, φ the layer's input patches: weightTrace = mean Σ_k ‖b_k‖²; biasTrace = mean Σ_k
 * ‖Σ_p g_{k,p}‖²; rhoColumns_j = mean Σ_k ⟨b_k, W⟩_{column j}²; rhoRows_s likewise for row s;
 * relativeFlatness = mean Σ_k ‖Wᵀ b_k‖_F². Source: docs/mathematics.md#closed-forms.
 *
 * @param node the layer
 * @param weightTrace the trace of the Hessian in the layer's weight
 * @param biasTrace the trace of the Hessian in the layer's bias, 0 without one
 * @param rhoColumns w_jᵀ H_jj w_j per input channel or input coordinate
 * @param rhoRows w_sᵀ H_ss w_s per output unit
 * @param relativeFlatness Σ ⟨w_s, w_t⟩ Tr H_{s,t}
 * @param relativeFlatnessNormalized the same after the inputs were scaled to unit spread; NaN for a
 *     layer that reads the network's input
 * @param constantFeatures input coordinates that are constant over the data, scaled by their mean
 *     instead
 * @param droppedFeatures input coordinates that are 0 on every sample
 */
public record LayerForms(
    Node node,
    double weightTrace,
    double biasTrace,
    double[] rhoColumns,
    double[] rhoRows,
    double relativeFlatness,
    double relativeFlatnessNormalized,
    int constantFeatures,
    int droppedFeatures) {
  /**
   * Copies the lists.
   *
   * @param node the layer
   * @param weightTrace the trace of the Hessian in the layer's weight
   * @param biasTrace the trace of the Hessian in the layer's bias, 0 without one
   * @param rhoColumns w_jᵀ H_jj w_j per input channel or input coordinate
   * @param rhoRows w_sᵀ H_ss w_s per output unit
   * @param relativeFlatness Σ ⟨w_s, w_t⟩ Tr H_{s,t}
   * @param relativeFlatnessNormalized the same after the inputs were scaled to unit spread; NaN for
   *     a layer that reads the network's input
   * @param constantFeatures input coordinates that are constant over the data, scaled by their mean
   *     instead
   * @param droppedFeatures input coordinates that are 0 on every sample
   */
  public LayerForms {
    rhoColumns = rhoColumns.clone();
    rhoRows = rhoRows.clone();
  }

  /**
   * Returns a copy.
   *
   * @return a copy
   */
  @Override
  public double[] rhoColumns() {
    return rhoColumns.clone();
  }

  /**
   * Returns a copy.
   *
   * @return a copy
   */
  @Override
  public double[] rhoRows() {
    return rhoRows.clone();
  }
}
