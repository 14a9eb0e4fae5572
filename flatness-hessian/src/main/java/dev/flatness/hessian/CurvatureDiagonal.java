package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import java.util.Optional;

/**
 * The diagonal of a curvature matrix with how it was found.
 *
 * @param entries one entry a parameter
 * @param curvature which matrix: {@code hessian} or {@code gauss-newton}
 * @param outcome how it was found, without a value of its own
 */
record CurvatureDiagonal(double[] entries, String curvature, Outcome outcome) {
  /** Up to this number of parameters products of unit vectors are an answer. */
  static final int MOST_BY_PRODUCTS = 4096;

  private static final int BLOCK = 32;

  boolean complete() {
    return outcome.status() == Status.EXACT;
  }

  /** Why the semidefinite diagonal cannot be had. */
  static Optional<String> unavailable(Subject subject) {
    return subject.network().sharesParameters()
            && subject.network().parameterCount() > MOST_BY_PRODUCTS
        ? Optional.of(
            "layers share weights, where the diagonal of the Gauss–Newton matrix takes one product"
                + " a parameter; that is done up to "
                + MOST_BY_PRODUCTS
                + " parameters")
        : Optional.empty();
  }

  /**
   * The diagonal that is never negative: of the Hessian where the network is piecewise linear, else
   * of the Gauss–Newton matrix.
   */
  static CurvatureDiagonal semidefinite(Subject subject) {
    Outcome exact = Outcome.exact(Double.NaN);
    if (subject.network().piecewiseLinear()) {
      return new CurvatureDiagonal(subject.get(HessianFacts.DIAGONAL), "hessian", exact);
    }
    String gaussNewton = Curvature.GAUSS_NEWTON.id();
    if (!subject.network().sharesParameters()) {
      return new CurvatureDiagonal(subject.get(Facts.CLOSED_FORMS).diagonal(), gaussNewton, exact);
    }
    SymmetricOperator operator =
        Hessian.of(subject.surface()).withCurvature(Curvature.GAUSS_NEWTON).at(subject.theta());
    return byProducts(subject, operator, gaussNewton);
  }

  /** One product a parameter. */
  static CurvatureDiagonal byProducts(
      Subject subject, SymmetricOperator operator, String curvature) {
    int p = operator.dimension();
    double[] diagonal = new double[p];
    int done =
        DenseSymmetric.columns(
            operator,
            BLOCK,
            subject.monitor().as("columns of the curvature matrix"),
            (column, product) -> diagonal[column] = product[column]);
    Outcome outcome =
        Outcome.of(Double.NaN, "products", done == p ? Status.EXACT : Status.NOT_CONVERGED)
            .withProducts(done);
    return new CurvatureDiagonal(
        diagonal,
        curvature,
        done == p
            ? outcome
            : outcome.because(
                subject.monitor().whyStopped() + " after " + done + " of " + p + " columns"));
  }
}
