package dev.flatness.audit;

import dev.flatness.measure.Subject;
import dev.flatness.surface.NetworkSurface;

/**
 * How far the outputs of a transformed network are from those of the network itself.
 *
 * <p>Formula: max |f′(x) − f(x)| / max |f(x)| over samples and outputs, over as many of the first
 * samples as have 8 million outputs. Cost: one forward pass a network.
 */
final class FunctionResidual {
  private static final int MOST = 1 << 23;

  private final double[] outputs;
  private final int samples;
  private final double largest;

  FunctionResidual(Subject subject) {
    NetworkSurface surface = subject.surface();
    int width = Math.max(1, subject.network().output().shape().size());
    this.samples = Math.min(surface.dataset().size(), Math.max(1, MOST / width));
    this.outputs = surface.outputs(subject.theta(), 0, samples);
    double size = 0;
    for (double output : outputs) {
      size = Math.max(size, Math.abs(output));
    }
    this.largest = size;
  }

  /** How many samples are compared. */
  int samples() {
    return samples;
  }

  double of(Subject transformed) {
    double[] other = transformed.surface().outputs(transformed.theta(), 0, samples);
    double difference = 0;
    for (int i = 0; i < outputs.length; i++) {
      double change = Math.abs(other[i] - outputs[i]);
      // An output that is no number is no small change.
      difference = change <= difference ? difference : change;
    }
    return difference == 0 ? 0 : difference / largest;
  }
}
