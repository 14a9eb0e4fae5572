package dev.flatness.surface;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.network.Network;

/**
 * The gradient of the loss in the inputs, which a change of their representation changes.
 *
 * <p>Source: Dinh et al. 2017, §5.2; docs/mathematics.md#input-representation.
 */
public final class InputGradient {
  private InputGradient() {}

  /**
   * Returns the mean norm of the input gradient.
   *
   * <p>Formula: (1/n) Σ_i ‖∇_x ℓ(f_θ(x_i), y_i)‖₂, with the loss of each sample by itself. Units:
   * loss per unit of the inputs. Cost: one gradient a sample, each in a pass of its own; for
   * thousands of samples of a small network some seconds.
   *
   * @param network the network
   * @param data the samples
   * @param loss ℓ
   * @return the mean norm
   * @throws IllegalArgumentException if network, data and loss do not fit
   */
  public static double meanNorm(Network network, Dataset data, Loss loss) {
    NetworkSurface.of(network, data, loss);
    Network shifted = Losses.fit(network, loss).withInputShift();
    int inputs = network.inputShape().size();
    double[] theta = shifted.parameterVector();
    double[] gradient = new double[theta.length];
    double[] own = new double[inputs];
    SurfaceOptions options = SurfaceOptions.withDefaults().withThreads(1);
    double sum = 0;
    for (int i = 0; i < data.size(); i++) {
      NetworkSurface.of(shifted, Datasets.subset(data, i, 1), loss, options)
          .valueAndGradient(theta, gradient);
      System.arraycopy(gradient, 0, own, 0, inputs);
      sum += Vectors.scaledNorm(own);
    }
    return sum / data.size();
  }
}
