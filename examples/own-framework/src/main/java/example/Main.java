package example;

import dev.flatness.CoordinateSystem;
import dev.flatness.Flatness;
import dev.flatness.SurfaceReport;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.LossSurface;
import java.util.Random;

/** Measures a model that is no network of the library, with a Hessian product and without one. */
public final class Main {
  private static final String TRACE = "hessian-trace";
  private static final String TOP = "hessian-top-eigenvalue";

  private Main() {}

  static Factorization model() {
    Random random = new Random(1);
    double[][] matrix = new double[8][6];
    for (double[] row : matrix) {
      for (int j = 0; j < row.length; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return new Factorization(matrix, 2);
  }

  static double[] trained(Factorization model) {
    double[] theta = new Random(2).doubles(model.parameters(), -1, 1).toArray();
    double[] gradient = new double[theta.length];
    for (int step = 0; step < 5000; step++) {
      model.gradient(theta, gradient);
      for (int i = 0; i < theta.length; i++) {
        theta[i] -= 0.02 * gradient[i];
      }
    }
    return theta;
  }

  /** Everything is known: value, gradient and product. */
  static LossSurface exact(Factorization model) {
    return LossSurface.of(model.parameters(), model::gradient, model::product);
  }

  /** The gradient alone is known. */
  static DifferencedSurface differenced(Factorization model) {
    return DifferencedSurface.of(model.parameters(), model::gradient);
  }

  /**
   * Prints the numbers.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    Factorization model = model();
    double[] theta = trained(model);
    SurfaceReport exact = Flatness.of(exact(model), theta).measure(TRACE, TOP).report();
    SurfaceReport found = Flatness.of(differenced(model), theta).measure(TRACE, TOP).report();
    System.out.printf("loss %.5f of %d parameters%n", exact.loss(), model.parameters());
    for (String id : new String[] {TRACE, TOP}) {
      System.out.printf(
          "%s %.5f by products, %.5f by differences of gradients%n",
          id, exact.estimate(id).value(), found.estimate(id).value());
    }
    double error = (double) found.recordedSettings().get("productError");
    System.out.println("products right to nine digits: " + (error < 1e-9 * exact.estimate(TOP).value()));
    double log =
        Flatness.of(exact(model), theta)
            .measure(TRACE)
            .in(CoordinateSystem.logMagnitude())
            .report()
            .estimate(TRACE)
            .value();
    System.out.printf("%s %.5f in logarithms of magnitudes%n", TRACE, log);
  }
}
