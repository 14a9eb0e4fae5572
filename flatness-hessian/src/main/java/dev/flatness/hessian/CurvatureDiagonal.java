package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.PassStoppedException;
import java.util.Optional;

/**
 * The diagonal of a curvature matrix with how it was found.
 *
 * @param entries one entry a parameter
 * @param curvature which matrix: {@code hessian} or {@code gauss-newton}
 * @param outcome how it was found, without a value of its own
 */
record CurvatureDiagonal(double[] entries, String curvature, Outcome outcome) {
  /** Up to this number of parameters one product or form a parameter is an answer. */
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

  /** That of the Hessian by one quadratic form a parameter. */
  static CurvatureDiagonal byForms(Subject subject) {
    int p = subject.surface().dimension();
    double[] theta = subject.theta();
    double[] diagonal = new double[p];
    var monitor = subject.monitor().as("diagonal of the Hessian");
    int done = 0;
    while (done < p && (done == 0 || !monitor.stopped())) {
      int count = Math.min(BLOCK, p - done);
      int[][] positions = new int[count][];
      double[][] ones = new double[count][];
      for (int i = 0; i < count; i++) {
        positions[i] = new int[] {done + i};
        ones[i] = new double[] {1};
      }
      double[] forms;
      try {
        forms = subject.surface().quadraticForms(theta, positions, ones);
      } catch (PassStoppedException late) {
        if (done == 0) {
          throw late;
        }
        break;
      }
      System.arraycopy(forms, 0, diagonal, done, count);
      done += count;
      monitor.update("entries", done, p);
    }
    return new CurvatureDiagonal(diagonal, "hessian", ended(subject, done, p, "entries"));
  }

  private static Outcome ended(Subject subject, int done, int p, String what) {
    Outcome outcome =
        Outcome.of(Double.NaN, "products", done == p ? Status.EXACT : Status.NOT_CONVERGED)
            .withProducts(done);
    return done == p
        ? outcome
        : outcome.because(
            subject.monitor().whyStopped() + " after " + done + " of " + p + " " + what);
  }

  /** The sum over some parameters, as far as there is one. */
  Outcome sum(int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += entries[i];
    }
    return outcome.withValue(complete() ? sum : Double.NaN);
  }

  /** One product a parameter. */
  private static CurvatureDiagonal byProducts(
      Subject subject, SymmetricOperator operator, String curvature) {
    int p = operator.dimension();
    double[] diagonal = new double[p];
    int done =
        DenseSymmetric.columns(
            operator,
            BLOCK,
            subject.monitor().as("columns of the curvature matrix"),
            (column, product) -> diagonal[column] = product[column]);
    return new CurvatureDiagonal(diagonal, curvature, ended(subject, done, p, "columns"));
  }
}
