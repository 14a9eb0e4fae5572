package dev.flatness.data.synthetic;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import java.util.Objects;

/**
 * Samples that a given network, the teacher, labels: a task that a network of its graph can solve.
 *
 * <p>Formula: x ~ N(0, I); classification y = argmax_k f_k(x), for one output y = [f(x) &gt; 0];
 * regression y = f(x) + σz, z ~ N(0, I).
 *
 * <p>Shapes: inputs {@code [samples, …]} of the teacher's input shape. Cost: one forward pass a
 * sample; all are held in memory. Immutable; the seed is passed at generation.
 */
public final class TeacherTask {
  private static final int CHUNK = 1024;

  private final Network teacher;

  private TeacherTask(Network teacher) {
    this.teacher = Objects.requireNonNull(teacher, "teacher");
  }

  /**
   * Makes the task of a teacher.
   *
   * @param teacher the network that knows the answers
   * @return the task
   */
  public static TeacherTask of(Network teacher) {
    return new TeacherTask(teacher);
  }

  /**
   * Draws samples and labels them by the largest output.
   *
   * @param samples how many, at least 1
   * @param seed the randomness
   * @return the dataset, in memory
   * @throws IllegalArgumentException if there is no sample or too many for one array
   */
  public Dataset classification(int samples, Seed seed) {
    Tensor inputs = inputs(samples, seed);
    double[] values = outputs(inputs);
    int outputs = outputCount();
    int[] labels = new int[samples];
    for (int sample = 0; sample < samples; sample++) {
      labels[sample] = label(values, sample * outputs, outputs);
    }
    return Datasets.of("teacher labels", inputs, labels);
  }

  private static int label(double[] values, int start, int outputs) {
    if (outputs == 1) {
      return values[start] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < outputs; k++) {
      if (values[start + k] > values[start + best]) {
        best = k;
      }
    }
    return best;
  }

  /**
   * Draws samples with the teacher's outputs as targets.
   *
   * @param samples how many, at least 1
   * @param noise the standard deviation σ of the noise on the targets, at least 0
   * @param seed the randomness
   * @return the dataset, in memory
   * @throws IllegalArgumentException if there is no sample or too many for one array, or the noise
   *     is negative or not finite
   */
  public Dataset regression(int samples, double noise, Seed seed) {
    Checks.notNegative("noise", noise);
    Tensor inputs = inputs(samples, seed);
    double[] targets = outputs(inputs);
    Normals normals = new Normals(seed.split("noise"));
    for (int i = 0; i < targets.length; i++) {
      targets[i] += noise * normals.next();
    }
    return Datasets.of("teacher outputs", inputs, Tensor.of(targets, samples, outputCount()));
  }

  private int outputCount() {
    return teacher.output().shape().size();
  }

  private Tensor inputs(int samples, Seed seed) {
    int[] sample = teacher.inputShape().toArray();
    int[] extents = new int[sample.length + 1];
    extents[0] = samples;
    System.arraycopy(sample, 0, extents, 1, sample.length);
    int entries = Checks.entries(samples, teacher.inputShape().size());
    return Tensor.of(new Normals(seed.split("inputs")).next(entries), extents);
  }

  private double[] outputs(Tensor inputs) {
    int samples = inputs.shape().extent(0);
    int width = outputCount();
    double[] values = new double[Checks.entries(samples, width)];
    Dataset unlabelled = Datasets.of(inputs, Tensor.of(values.clone(), samples, width));
    NetworkSurface surface = NetworkSurface.of(teacher, unlabelled, SquaredError.summed());
    double[] theta = teacher.parameterVector();
    for (int first = 0; first < samples; first += CHUNK) {
      int count = Math.min(CHUNK, samples - first);
      System.arraycopy(
          surface.outputs(theta, first, count), 0, values, first * width, count * width);
    }
    return values;
  }
}
