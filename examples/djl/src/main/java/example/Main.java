package example;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.flatness.Flatness;
import dev.flatness.SurfaceReport;
import dev.flatness.surface.DifferencedSurface;
import java.util.List;
import java.util.Random;

/** Trains a network of DJL's PyTorch engine and measures how flat its loss is. */
public final class Main {
  static final int HIDDEN = 12;
  private static final int CLASSES = 3;
  private static final int SAMPLES = 150;
  private static final List<String> MEASURES =
      List.of("hessian-trace", "hessian-top-eigenvalue", "expected-sharpness");

  private Main() {}

  /** Two tanh layers. */
  static Block network() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(HIDDEN).build())
        .add(list -> new NDList(list.singletonOrThrow().tanh()))
        .add(Linear.builder().setUnits(CLASSES).build());
  }

  /** Points around the corners of a triangle. */
  static float[][] inputs() {
    Random random = new Random(1);
    float[][] inputs = new float[SAMPLES][2];
    for (int i = 0; i < SAMPLES; i++) {
      double angle = 2 * Math.PI * (i % CLASSES) / CLASSES;
      inputs[i][0] = (float) (Math.cos(angle) + 0.4 * random.nextGaussian());
      inputs[i][1] = (float) (Math.sin(angle) + 0.4 * random.nextGaussian());
    }
    return inputs;
  }

  static int[] labels() {
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % CLASSES;
    }
    return labels;
  }

  /** Plain gradient descent; parameters are kept as floats. */
  static double[] trained(DjlModel model) {
    Random random = new Random(2);
    double[] theta = random.doubles(model.dimension(), -0.7, 0.7).toArray();
    double[] gradient = new double[theta.length];
    for (int step = 0; step < 300; step++) {
      model.valueAndGradient(theta, gradient);
      for (int i = 0; i < theta.length; i++) {
        theta[i] = (float) (theta[i] - 0.5 * gradient[i]);
      }
    }
    return theta;
  }

  static SurfaceReport measured(DjlModel model, double[] theta) {
    DifferencedSurface surface = DifferencedSurface.of(model.dimension(), model);
    return Flatness.of(surface, theta).measure(MEASURES.toArray(String[]::new)).report();
  }

  /**
   * Prints the numbers.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    try (DjlModel model = new DjlModel(network(), inputs(), labels())) {
      SurfaceReport report = measured(model, trained(model));
      System.out.printf("loss %.3f of %d parameters%n", report.loss(), model.dimension());
      for (String id : List.of("hessian-trace", "hessian-top-eigenvalue")) {
        System.out.printf("%s %.2f%n", id, report.estimate(id).value());
      }
      double error = (double) report.recordedSettings().get("productError");
      double top = report.estimate("hessian-top-eigenvalue").value();
      System.out.println("products right to one part in a thousand: " + (error < 1e-3 * top));
    }
  }
}
