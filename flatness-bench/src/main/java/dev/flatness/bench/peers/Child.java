package dev.flatness.bench.peers;

import dev.flatness.bench.RandomImages;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Work for a virtual machine of its own; prints what it found. */
public final class Child {
  private Child() {}

  /**
   * {@code product NAME THREADS ROUNDS}: milliseconds; {@code memory SAMPLES}: peak megabytes;
   * {@code growth}: a line {@code axis,value,threads,milliseconds} a point.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("memory")) {
      System.out.println(memory(Integer.parseInt(arguments[1])));
      return;
    }
    if (arguments[0].equals("growth")) {
      for (Growth.Axis axis : Growth.Axis.values()) {
        axis.measure(System.out::println);
      }
      return;
    }
    Work work = arguments[1].equals("mlp") ? Work.mlp() : Work.lenet(512);
    NetworkSurface surface = work.surface(Precision.FLOAT32, Integer.parseInt(arguments[2]), false);
    double[] theta = work.network().parameterVector();
    double[][] vectors = work.vectors(1);
    double[][] products = new double[1][theta.length];
    SymmetricOperator hessian = surface.hessian(theta);
    Rounds rounds = new Rounds();
    int ours = rounds.add(() -> hessian.apply(vectors, products));
    rounds.run(Integer.parseInt(arguments[3]));
    System.out.println(Rounds.median(rounds.times(ours)));
  }

  /** The peak of the process while products stream over a number of samples. */
  private static double memory(int samples) throws IOException {
    Work work = Work.mlp();
    SurfaceOptions options =
        SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32).withCacheBytes(0);
    NetworkSurface surface =
        NetworkSurface.of(
            work.network(),
            new RandomImages(work.network().inputShape(), samples, 10),
            SoftmaxCrossEntropy.onLogits(),
            options);
    double[] theta = work.network().parameterVector();
    double[][] vectors = work.vectors(8);
    double[][] products = new double[8][theta.length];
    for (int i = 0; i < 3; i++) {
      surface.hessian(theta).apply(vectors, products);
      surface.closedForms(theta);
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException("/proc/self/status has no VmHWM; this task needs Linux");
  }
}
