package dev.flatness.hessian;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.spectral.Sampled;
import dev.flatness.spectral.TraceEstimate;
import dev.flatness.spectral.TraceEstimator;
import java.util.Comparator;
import java.util.List;

/**
 * A number of one layer, or of the network where the layer is null, before it becomes an estimate;
 * uncertainties that do not apply are NaN, products −1; the reason why it stopped is null for what
 * is exact.
 */
record LayerNumber(
    Node layer,
    double value,
    String method,
    Status status,
    double standardError,
    double residual,
    long products,
    String reason) {
  /** How the trace of a whole network is estimated: to a standard error of 1 % (ours). */
  static final TraceEstimator TRACE = TraceEstimator.xTrace().withTarget(0.01);

  static LayerNumber exact(Node layer, double value) {
    return new LayerNumber(layer, value, "exact", Status.EXACT, Double.NaN, Double.NaN, -1, null);
  }

  static LayerNumber of(Node layer, LanczosRun run, End end) {
    LanczosRun.Found found = run.found(end);
    if (found == null) {
      return new LayerNumber(
          layer,
          Double.NaN,
          "lanczos",
          Status.NOT_CONVERGED,
          Double.NaN,
          Double.NaN,
          run.products(),
          run.reason());
    }
    boolean converged = found.converged();
    return new LayerNumber(
        layer,
        found.value(),
        "lanczos",
        converged ? Status.CONVERGED : Status.NOT_CONVERGED,
        Double.NaN,
        found.relativeResidual(),
        found.products(),
        converged ? "the residual met the tolerance" : run.reason());
  }

  /** An estimate of a mean from as many probes as the time limit allowed. */
  static LayerNumber sampled(Node layer, Sampled sample, int budget) {
    int products = sample.products();
    return new LayerNumber(
        layer,
        products == 0 ? Double.NaN : sample.value(),
        "probes",
        products == budget ? Status.ESTIMATED : Status.NOT_CONVERGED,
        sample.standardError(),
        Double.NaN,
        products,
        Sampled.ending(products, budget, "probes"));
  }

  /** A trace of the network's, from products. */
  static LayerNumber sampled(
      Subject subject, TraceEstimator estimator, SymmetricOperator operator, Seed seed) {
    TraceEstimate found =
        estimator.estimate(
            operator,
            seed,
            subject::timeIsUp,
            done ->
                subject
                    .progress()
                    .update("products of the trace", done, Math.max(done, estimator.budget())));
    return new LayerNumber(
        null,
        found.value(),
        found.method(),
        found.status(),
        found.standardError(),
        Double.NaN,
        found.products(),
        found.reason());
  }

  LayerNumber times(double factor) {
    return new LayerNumber(
        layer,
        factor * value,
        method,
        status,
        Math.abs(factor) * standardError,
        residual,
        products,
        reason);
  }

  LayerNumber withValue(double other) {
    return new LayerNumber(layer, other, method, status, standardError, residual, products, reason);
  }

  Estimate.Builder estimate(String id, Invariance invariance) {
    Estimate.Builder builder =
        layer == null
            ? Estimate.network(id, invariance, value)
            : Estimate.layer(id, layer.name(), invariance, value);
    return describe(builder);
  }

  Estimate.Builder describe(Estimate.Builder builder) {
    return builder
        .method(method, status)
        .standardError(standardError)
        .residual(residual)
        .products(products)
        .reason(reason);
  }

  /**
   * The largest over layers, with the residual of the layer that has it and the largest standard
   * error of all: an estimated layer may be the largest by chance, or an exact one by the chance of
   * an estimated one.
   */
  static Estimate.Builder max(String id, Invariance invariance, List<LayerNumber> numbers) {
    LayerNumber largest =
        numbers.stream().max(Comparator.comparingDouble(LayerNumber::value)).orElseThrow();
    double standardError =
        numbers.stream()
            .mapToDouble(LayerNumber::standardError)
            .filter(error -> !Double.isNaN(error))
            .max()
            .orElse(Double.NaN);
    return merged(
            numbers,
            largest.value,
            Double.isNaN(largest.value) ? Double.NaN : standardError,
            largest.residual)
        .estimate(id, invariance)
        .detail("largestLayer", largest.layer.name());
  }

  /** The sum over layers, whose probes are independent. */
  static Estimate.Builder sum(String id, Invariance invariance, List<LayerNumber> numbers) {
    double sum = 0;
    double variance = 0;
    double residual = Double.NaN;
    for (LayerNumber number : numbers) {
      sum += number.value;
      if (!Double.isNaN(number.standardError)) {
        variance += number.standardError * number.standardError;
      }
      if (!Double.isNaN(number.residual)) {
        residual = Double.isNaN(residual) ? number.residual : Math.max(residual, number.residual);
      }
    }
    boolean sampled = numbers.stream().anyMatch(number -> !Double.isNaN(number.standardError));
    return merged(numbers, sum, sampled ? Math.sqrt(variance) : Double.NaN, residual)
        .estimate(id, invariance);
  }

  /** One number made of many: the worst status, all products. */
  private static LayerNumber merged(
      List<LayerNumber> numbers, double value, double standardError, double residual) {
    LayerNumber worst =
        numbers.stream()
            .max(Comparator.comparingInt(number -> badness(number.status)))
            .orElseThrow();
    long products = numbers.stream().mapToLong(number -> Math.max(0, number.products)).sum();
    boolean counted = numbers.stream().anyMatch(number -> number.products >= 0);
    return new LayerNumber(
        null,
        value,
        worst.method,
        worst.status,
        standardError,
        residual,
        counted ? products : -1,
        worst.reason == null ? null : "in layer " + worst.layer.name() + ": " + worst.reason);
  }

  private static int badness(Status status) {
    return switch (status) {
      case EXACT -> 0;
      case CONVERGED -> 1;
      case NOT_CONVERGED -> 3;
      default -> 2;
    };
  }
}
