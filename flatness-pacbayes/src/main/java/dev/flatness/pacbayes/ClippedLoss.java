package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.OutputActivation;
import java.util.Arrays;

/** min(ℓ, B)/B: evaluated, never differentiated twice. */
record ClippedLoss(Loss loss, double bound) implements Loss {
  @Override
  public String id() {
    return loss.id();
  }

  @Override
  public double value(double[] outputs, double[] target) {
    double value = loss.value(outputs, target);
    return value < bound ? value / bound : 1;
  }

  @Override
  public void gradient(double[] outputs, double[] target, double[] gradient) {
    if (loss.value(outputs, target) < bound) {
      loss.gradient(outputs, target, gradient);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] /= bound;
      }
    } else {
      Arrays.fill(gradient, 0);
    }
  }

  @Override
  public void hessianProduct(double[] outputs, double[] target, double[] vector, double[] product) {
    throw new UnsupportedOperationException("a clipped loss has no Hessian");
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    loss.check(dataset, outputs);
  }

  @Override
  public boolean includes(OutputActivation end) {
    return loss.includes(end);
  }

  @Override
  public boolean requiresLogits() {
    return loss.requiresLogits();
  }

  @Override
  public boolean fitsReal() {
    return loss.fitsReal();
  }

  @Override
  public double correct(double[] outputs, double[] target) {
    return loss.correct(outputs, target);
  }
}
