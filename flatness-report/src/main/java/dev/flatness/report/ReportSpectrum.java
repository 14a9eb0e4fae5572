package dev.flatness.report;

import dev.flatness.measure.Status;
import java.util.List;

/**
 * What is known of the spectrum of one curvature matrix.
 *
 * @param operator which matrix, for instance {@code hessian}
 * @param coordinates the coordinates that derivatives are taken in, for instance {@code weights}
 * @param layer the layer whose weight it is restricted to, or null for the whole network
 * @param parameters the parameters that it is restricted to by name; none for all
 * @param dimension its number of rows
 * @param pairs eigenvalues at the ends, or null where none were asked for
 * @param density its spectral density, or null where none was asked for
 * @param seconds the time it took
 */
public record ReportSpectrum(
    String operator,
    String coordinates,
    String layer,
    List<String> parameters,
    int dimension,
    Pairs pairs,
    Density density,
    double seconds) {
  /** Copies the list. */
  public ReportSpectrum {
    parameters = List.copyOf(parameters);
  }

  /**
   * An eigenvalue.
   *
   * @param value in loss per squared parameter
   * @param residual of its vector, relative to the largest magnitude
   */
  public record Eigenvalue(double value, double residual) {}

  /**
   * Eigenvalues at the ends.
   *
   * @param largest in descending order
   * @param smallest in ascending order
   * @param products how many products were used
   * @param restarts how often the basis was cut down
   * @param checked whether a second run from fresh vectors found nothing missed
   * @param status whether all met their tolerance
   * @param reason why the run stopped
   */
  public record Pairs(
      List<Eigenvalue> largest,
      List<Eigenvalue> smallest,
      int products,
      int restarts,
      boolean checked,
      Status status,
      String reason) {
    /** Copies the lists. */
    public Pairs {
      largest = List.copyOf(largest);
      smallest = List.copyOf(smallest);
    }
  }

  /**
   * A number with its standard error.
   *
   * @param value the estimate
   * @param standardError in the same unit; NaN where it is not known
   */
  public record Uncertain(double value, double standardError) {}

  /**
   * A share of the eigenvalues in an interval.
   *
   * @param from where it begins, -∞ for the first
   * @param to where it ends, ∞ for the last
   * @param share between 0 and 1
   */
  public record Bin(double from, double to, Uncertain share) {}

  /**
   * One probe's quadrature.
   *
   * @param nodes ascending
   * @param weights of sum 1
   */
  public record Quadrature(double[] nodes, double[] weights) {}

  /**
   * A spectral density.
   *
   * @param probes how many random vectors
   * @param steps products a probe at most
   * @param products how many products were used
   * @param status estimated, or not converged if a probe was cut short
   * @param reason why it ended, a clause
   * @param trace of the matrix
   * @param frobeniusNorm of the matrix
   * @param negativeAtLeast a lower bound of the share of negative eigenvalues
   * @param negativeAtMost an upper bound of that share
   * @param bins the shares between powers of ten
   * @param quadratures nodes and weights, one a probe
   */
  public record Density(
      int probes,
      int steps,
      int products,
      Status status,
      String reason,
      Uncertain trace,
      Uncertain frobeniusNorm,
      Uncertain negativeAtLeast,
      Uncertain negativeAtMost,
      List<Bin> bins,
      List<Quadrature> quadratures) {
    /** Copies the lists. */
    public Density {
      bins = List.copyOf(bins);
      quadratures = List.copyOf(quadratures);
    }
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return whether the statuses are acceptable
   */
  public boolean acceptable() {
    return (pairs == null || pairs.status().acceptable())
        && (density == null || density.status().acceptable());
  }
}
