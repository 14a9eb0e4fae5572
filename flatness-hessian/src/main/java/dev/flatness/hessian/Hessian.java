package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Node;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import java.util.List;
import java.util.Objects;

/**
 * A curvature matrix of a loss surface, as an operator at any point.
 *
 * <p>Formula: ∇²L(θ), or the Gauss–Newton or empirical Fisher matrix, its rows and columns
 * restricted to a set of parameters. Cost: none until a product is asked for; {@link
 * DenseSymmetric#of} writes it out. Immutable.
 */
public final class Hessian {
  private final LossSurface surface;
  private final Curvature kind;
  private final ParameterSet parameters;

  private Hessian(LossSurface surface, Curvature kind, ParameterSet parameters) {
    this.surface = surface;
    this.kind = kind;
    this.parameters = parameters;
  }

  /**
   * Returns the Hessian in all parameters.
   *
   * @param surface the loss surface
   * @return the Hessian
   */
  public static Hessian of(LossSurface surface) {
    return new Hessian(
        Objects.requireNonNull(surface, "surface"),
        Curvature.HESSIAN,
        ParameterSet.all(surface.dimension()));
  }

  /**
   * Returns the Hessian H_l in the weight of one layer, without the bias.
   *
   * @param surface the loss surface of a network
   * @param layer a dense or convolutional layer of the network
   * @return the Hessian of as many dimensions as the weight has entries
   * @throws IllegalArgumentException if the layer has no weight matrix
   */
  public static Hessian ofLayer(NetworkSurface surface, Node layer) {
    if (!layer.layer().hasWeightMatrix()) {
      throw new IllegalArgumentException(
          "layer \""
              + layer.name()
              + "\" has no weight matrix, expected a dense or convolutional"
              + " layer");
    }
    return of(surface).on(ParameterSet.of(List.of(surface.network().weight(layer))));
  }

  /**
   * Returns another curvature matrix of the same surface in the same parameters.
   *
   * @param curvature which matrix
   * @return the changed copy
   */
  public Hessian withCurvature(Curvature curvature) {
    return new Hessian(surface, Objects.requireNonNull(curvature, "curvature"), parameters);
  }

  /**
   * Returns the same matrix in some parameters only.
   *
   * @param set the rows and columns kept
   * @return the changed copy
   */
  public Hessian on(ParameterSet set) {
    return new Hessian(surface, kind, Objects.requireNonNull(set, "set"));
  }

  /**
   * Returns the operator at a point.
   *
   * @param theta θ; copied
   * @return the operator
   * @throws IllegalArgumentException if the length of θ is not the surface's dimension
   */
  public SymmetricOperator at(double[] theta) {
    if (theta.length != surface.dimension()) {
      throw new IllegalArgumentException(
          "parameter vector has " + theta.length + " entries, expected " + surface.dimension());
    }
    return surface.curvature(kind, theta, parameters);
  }
}
