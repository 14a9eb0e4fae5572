package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.linalg.Gemm;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * A foreign call on the arrays of the heap keeps the collector waiting until it ends; that is why
 * products are cut. The longest wait beside a product of 17 GFLOP, which uncut would be the whole
 * product, is compared with it in the same run.
 */
class PauseTest {
  private static final int SIZE = 2048;
  private static final int COLLECTIONS = 20;

  @Test
  void theCollectorWaitsForAPieceAndNotForAProduct() throws InterruptedException {
    Gemm gemm = Providers.gemm(new OpenBlasForeignProvider());
    double[] a = new double[SIZE * SIZE];
    double[] b = new double[SIZE * SIZE];
    double[] c = new double[SIZE * SIZE];
    double product = milliseconds(() -> multiply(gemm, a, b, c));
    double idle = longestCollection();
    AtomicBoolean done = new AtomicBoolean();
    Thread worker =
        new Thread(
            () -> {
              while (!done.get()) {
                multiply(gemm, a, b, c);
              }
            });
    worker.start();
    double busy = longestCollection();
    done.set(true);
    worker.join();
    System.out.printf(
        "longest collection: %.1f ms idle, %.1f ms beside a product of %.0f ms%n",
        idle, busy, product);
    assertThat(busy - idle).isLessThan(product / 2);
  }

  private static double longestCollection() {
    double longest = 0;
    for (int i = 0; i < COLLECTIONS; i++) {
      longest = Math.max(longest, milliseconds(System::gc));
    }
    return longest;
  }

  private static void multiply(Gemm gemm, double[] a, double[] b, double[] c) {
    gemm.multiply(false, false, SIZE, SIZE, SIZE, 1, a, 0, SIZE, b, 0, SIZE, 0, c, 0, SIZE);
  }

  private static double milliseconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) * 1e-6;
  }
}
