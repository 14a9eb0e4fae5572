package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Subject;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import java.util.Optional;

/**
 * The diagonal of a curvature matrix with how it was found.
 *
 * @param entries one entry a parameter
 * @param curvature which matrix: {@code hessian} or {@code gauss-newton}
 * @param method how it was found
 * @param products products used, −1 for none
 * @param reason why it is not complete, or null
 */
record CurvatureDiagonal(
    double[] entries, String curvature, String method, long products, String reason) {
  /** Up to so many parameters products of unit vectors are an answer. */
  static final int MOST_BY_PRODUCTS = 4096;

  private static final int BLOCK = 32;

  boolean complete() {
    return reason == null;
  }

  /** Why the semidefinite diagonal cannot be had, before any work. */
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
    return subject.share(
        "semidefinite-diagonal",
        CurvatureDiagonal.class,
        () -> {
          if (Shared.closed(subject)) {
            return new CurvatureDiagonal(Shared.diagonal(subject), "hessian", "exact", -1, null);
          }
          if (subject.network().sharesParameters()) {
            SymmetricOperator operator =
                Hessian.of(subject.surface())
                    .withCurvature(Curvature.GAUSS_NEWTON)
                    .at(subject.theta());
            return byProducts(subject, operator, Curvature.GAUSS_NEWTON.id());
          }
          double[] diagonal = subject.surface().gaussNewtonDiagonal(subject.theta());
          return new CurvatureDiagonal(diagonal, Curvature.GAUSS_NEWTON.id(), "exact", -1, null);
        });
  }

  /** One product a parameter. */
  static CurvatureDiagonal byProducts(
      Subject subject, SymmetricOperator operator, String curvature) {
    int p = operator.dimension();
    double[] diagonal = new double[p];
    int[] done = {0};
    DenseSymmetric.columns(
        operator,
        BLOCK,
        subject::timeIsUp,
        (column, product) -> {
          diagonal[column] = product[column];
          done[0] = column + 1;
          if (done[0] % BLOCK == 0 || done[0] == p) {
            subject.progress().update("columns of the curvature matrix", done[0], p);
          }
        });
    String reason =
        done[0] == p
            ? null
            : "the time limit has passed after " + done[0] + " of " + p + " columns";
    return new CurvatureDiagonal(diagonal, curvature, "products", done[0], reason);
  }
}
