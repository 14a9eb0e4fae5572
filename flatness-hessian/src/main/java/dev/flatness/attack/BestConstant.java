package dev.flatness.attack;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.surface.NetworkSurface;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The least loss of a function that gives every sample the same output.
 *
 * <p>Every loss that is known here is, up to what does not depend on the output, T g(f) − ⟨t, f⟩ or
 * |f|² − 2⟨t, f⟩ with a target t that its gradient at f = 0 shows.
 */
final class BestConstant {
  private static final int SAMPLES = 1024;

  private final Dataset data;
  private final Loss loss;
  private final int outputs;

  private BestConstant(NetworkSurface surface) {
    this.data = surface.dataset();
    this.loss = surface.loss();
    this.outputs = surface.network().output().shape().size();
  }

  /** The loss of the best constant; empty where it has no closed form. */
  static OptionalDouble of(NetworkSurface surface) {
    return new BestConstant(surface).loss();
  }

  private OptionalDouble loss() {
    return switch (loss.id()) {
      case "cross-entropy" -> OptionalDouble.of(crossEntropy());
      case "binary-cross-entropy" -> OptionalDouble.of(binaryCrossEntropy());
      case "squared-error" -> OptionalDouble.of(squaredError());
      default -> OptionalDouble.empty();
    };
  }

  /** Takes the targets one by one. */
  private interface Visitor {
    void target(double[] target);
  }

  private void forEachTarget(Visitor visitor) {
    int width = data.targetSize();
    double[] targets = new double[SAMPLES * width];
    for (int first = 0; first < data.size(); first += SAMPLES) {
      int count = Math.min(SAMPLES, data.size() - first);
      data.readTargets(first, count, targets);
      for (int i = 0; i < count; i++) {
        visitor.target(Arrays.copyOfRange(targets, i * width, (i + 1) * width));
      }
    }
  }

  /** T p = t at the best constant, so it is Σ_c t̄_c ln (T̄ / t̄_c). */
  private double crossEntropy() {
    double[] zero = new double[outputs];
    double[] direction = new double[outputs];
    direction[0] = 1;
    double[] gradient = new double[outputs];
    double[] product = new double[outputs];
    double[] share = new double[outputs];
    double even = 1.0 / outputs;
    forEachTarget(
        target -> {
          loss.gradient(zero, target, gradient);
          loss.hessianProduct(zero, target, direction, product);
          double total = product[0] / (even - even * even);
          for (int c = 0; c < outputs; c++) {
            share[c] += total * even - gradient[c];
          }
        });
    double sum = Arrays.stream(share).sum();
    double least = 0;
    for (double each : share) {
      least += each > 0 ? each * StrictMath.log(sum / each) : 0;
    }
    return least / data.size();
  }

  private double binaryCrossEntropy() {
    double[] mean = means(0.5, -1);
    double least = 0;
    for (double y : mean) {
      least -= y > 0 ? y * StrictMath.log(y) : 0;
      least -= y < 1 ? (1 - y) * StrictMath.log1p(-y) : 0;
    }
    return least;
  }

  private double squaredError() {
    double[] mean = means(0, -0.5);
    double[] sum = new double[1];
    forEachTarget(target -> sum[0] += loss.value(mean, target));
    return sum[0] / data.size();
  }

  /** The mean targets, each y = (∂ℓ/∂f − offset) · factor at f = 0. */
  private double[] means(double offset, double factor) {
    double[] zero = new double[outputs];
    double[] gradient = new double[outputs];
    double[] mean = new double[outputs];
    forEachTarget(
        target -> {
          loss.gradient(zero, target, gradient);
          for (int k = 0; k < outputs; k++) {
            mean[k] += (gradient[k] - offset) * factor;
          }
        });
    for (int k = 0; k < outputs; k++) {
      mean[k] /= data.size();
    }
    return mean;
  }
}
