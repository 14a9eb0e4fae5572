package dev.flatness.internal.nd4j;

import dev.flatness.internal.kernels.GemmArguments;
import dev.flatness.linalg.Gemm;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's product op(A) op(B). Factors are copied to memory of the thread outside of the Java heap;
 * alpha and beta are applied on the way back.
 */
final class Nd4jGemm implements Gemm {
  private final String name;
  private final ThreadLocal<Doubles> doubles = ThreadLocal.withInitial(Doubles::new);
  private final ThreadLocal<Floats> floats = ThreadLocal.withInitial(Floats::new);

  private Nd4jGemm(String name) {
    this.name = name;
  }

  /** Starts ND4J and sets its BLAS to one thread, for the whole process. */
  static Nd4jGemm create() {
    Blas blas = Nd4j.factory().blas();
    blas.setMaxThreads(1);
    return new Nd4jGemm("nd4j " + blas.getBlasVendor().name().toLowerCase(Locale.ROOT));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void multiply(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int lda,
      double[] b,
      int bOffset,
      int ldb,
      double beta,
      double[] c,
      int cOffset,
      int ldc) {
    boolean adds = alpha != 0 && k > 0;
    GemmArguments.check(
        transA,
        transB,
        m,
        n,
        k,
        alpha != 0,
        a.length,
        aOffset,
        lda,
        b.length,
        bOffset,
        ldb,
        c.length,
        cOffset,
        ldc);
    if (m == 0 || n == 0) {
      return;
    }
    Doubles memory = doubles.get();
    if (memory.row.length < n) {
      memory.row = new double[n];
    }
    double[] row = memory.row;
    if (adds) {
      Workspace space = memory.space;
      Mmul operation = space.operation(transA, transB, m, n, k);
      copy(a, aOffset, lda, transA ? k : m, transA ? m : k, (DoublePointer) space.a());
      copy(b, bOffset, ldb, transB ? n : k, transB ? k : n, (DoublePointer) space.b());
      Nd4j.exec(operation);
    } else {
      Arrays.fill(row, 0, n, 0);
    }
    DoublePointer product = adds ? (DoublePointer) memory.space.c() : null;
    double factor = adds ? alpha : 1;
    for (int i = 0; i < m; i++) {
      int to = cOffset + i * ldc;
      if (product != null) {
        product.position((long) i * n).get(row, 0, n);
      }
      for (int j = 0; j < n; j++) {
        double added = factor * row[j];
        c[to + j] = beta == 0 ? added : added + beta * c[to + j];
      }
    }
    if (product != null) {
      product.position(0);
    }
  }

  @Override
  public void multiply(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    boolean adds = alpha != 0 && k > 0;
    GemmArguments.check(
        transA,
        transB,
        m,
        n,
        k,
        alpha != 0,
        a.length,
        aOffset,
        lda,
        b.length,
        bOffset,
        ldb,
        c.length,
        cOffset,
        ldc);
    if (m == 0 || n == 0) {
      return;
    }
    Floats memory = floats.get();
    if (memory.row.length < n) {
      memory.row = new float[n];
    }
    float[] row = memory.row;
    if (adds) {
      Workspace space = memory.space;
      Mmul operation = space.operation(transA, transB, m, n, k);
      copy(a, aOffset, lda, transA ? k : m, transA ? m : k, (FloatPointer) space.a());
      copy(b, bOffset, ldb, transB ? n : k, transB ? k : n, (FloatPointer) space.b());
      Nd4j.exec(operation);
    } else {
      Arrays.fill(row, 0, n, 0);
    }
    FloatPointer product = adds ? (FloatPointer) memory.space.c() : null;
    float factor = adds ? alpha : 1;
    for (int i = 0; i < m; i++) {
      int to = cOffset + i * ldc;
      if (product != null) {
        product.position((long) i * n).get(row, 0, n);
      }
      for (int j = 0; j < n; j++) {
        float added = factor * row[j];
        c[to + j] = beta == 0 ? added : added + beta * c[to + j];
      }
    }
    if (product != null) {
      product.position(0);
    }
  }

  private static void copy(double[] x, int from, int ld, int rows, int columns, DoublePointer to) {
    for (int i = 0; i < rows; i++) {
      to.position((long) i * columns).put(x, from + i * ld, columns);
    }
    to.position(0);
  }

  private static void copy(float[] x, int from, int ld, int rows, int columns, FloatPointer to) {
    for (int i = 0; i < rows; i++) {
      to.position((long) i * columns).put(x, from + i * ld, columns);
    }
    to.position(0);
  }

  private static final class Doubles {
    final Workspace space = new Workspace(DataType.DOUBLE);
    double[] row = new double[0];
  }

  private static final class Floats {
    final Workspace space = new Workspace(DataType.FLOAT);
    float[] row = new float[0];
  }
}
