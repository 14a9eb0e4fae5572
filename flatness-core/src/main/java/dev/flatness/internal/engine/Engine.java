package dev.flatness.internal.engine;

import dev.flatness.network.Node;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import java.util.Collection;
import java.util.List;

/**
 * The passes over the data of one network under one loss, in one precision; vectors cross in
 * double.
 */
public interface Engine {
  /** The mean loss and the number of samples classified right. */
  Evaluation evaluate(double[] theta);

  /** The network's outputs for some samples, row-major. */
  double[] outputs(double[] theta, int first, int count);

  /** The mean loss, and its gradient in all parameters. */
  double gradient(double[] theta, double[] gradient);

  /**
   * Products of a curvature matrix with a block of θ-sized vectors that vanish outside the active
   * parameters; products are right at the active parameters only.
   */
  void products(
      Curvature kind, double[] theta, boolean[] active, double[][] vectors, double[][] products);

  /**
   * Products of each layer's own block in its weight, or with {@code rows} of each row's own block
   * in it; all in one sweep over the data.
   */
  void layerProducts(
      double[] theta, List<Node> layers, double[][] vectors, double[][] products, boolean rows);

  /** vᵀ H v for directions v given by their non-zero entries, at ascending positions. */
  double[] quadraticForms(double[] theta, int[][] positions, double[][] values);

  /**
   * The closed forms of some nodes with weights of a piecewise-linear network; of any other without
   * shared parameters those of its Gauss–Newton matrix. The normalized ones cost a pass more.
   */
  ClosedForms closedForms(double[] theta, Collection<Node> layers, boolean normalized);
}
