package dev.flatness.bench;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The matrix products the engine makes, one thread, by provider. {@link GemmTable} runs it and
 * prints GFLOP/s; with {@code -prof gc} it shows that nothing is allocated per call.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "-Xms1g",
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED"
    })
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 2, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class GemmBenchmark {
  /** Transposition and m×k×n; what each is for stands in the table of the documentation. */
  @Param({
    "NN 50x784x256",
    "NN 300x784x128",
    "NN 6x25x18432",
    "NN 16x150x3200",
    "NN 64x576x1024",
    "NN 120x400x128",
    "NN 10x84x256",
    "NT 50x256x784",
    "NT 6x18432x25",
    "NT 16x3200x150",
    "NT 64x1024x576",
    "TN 784x50x256",
    "TN 25x6x18432",
    "TN 150x16x3200",
    "TN 576x64x1024",
    "NN 32x32x32",
    "NN 512x512x512"
  })
  public String shape;

  /** The provider's id. */
  @Param({"plain", "vector", "openblas-ffm", "openblas-javacpp"})
  public String provider;

  /** The arithmetic. */
  @Param({"double", "float"})
  public String precision;

  private Gemm gemm;
  private boolean transA;
  private boolean transB;
  private int m;
  private int n;
  private int k;
  private double[] a;
  private double[] b;
  private double[] c;
  private float[] a32;
  private float[] b32;
  private float[] c32;

  /** Returns the floating-point operations of one product of a shape. */
  static double operations(String shape) {
    String[] sizes = shape.substring(3).split("x");
    return 2.0
        * Integer.parseInt(sizes[0])
        * Integer.parseInt(sizes[1])
        * Integer.parseInt(sizes[2]);
  }

  /** Loads the provider and draws the factors. */
  @Setup
  public void build() {
    gemm = Gemms.byId(provider);
    transA = shape.charAt(0) == 'T';
    transB = shape.charAt(1) == 'T';
    String[] sizes = shape.substring(3).split("x");
    m = Integer.parseInt(sizes[0]);
    k = Integer.parseInt(sizes[1]);
    n = Integer.parseInt(sizes[2]);
    SplittableRandom random = new SplittableRandom(1);
    a = random.doubles((long) m * k, -1, 1).toArray();
    b = random.doubles((long) k * n, -1, 1).toArray();
    c = new double[m * n];
    a32 = narrow(a);
    b32 = narrow(b);
    c32 = new float[m * n];
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  /** One product that overwrites C. */
  @Benchmark
  public Object multiply() {
    int lda = transA ? m : k;
    int ldb = transB ? k : n;
    if (precision.equals("double")) {
      gemm.multiply(transA, transB, m, n, k, 1.0, a, 0, lda, b, 0, ldb, 0.0, c, 0, n);
      return c;
    }
    gemm.multiply(transA, transB, m, n, k, 1f, a32, 0, lda, b32, 0, ldb, 0f, c32, 0, n);
    return c32;
  }
}
