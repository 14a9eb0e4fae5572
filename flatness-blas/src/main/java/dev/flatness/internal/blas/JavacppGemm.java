package dev.flatness.internal.blas;

import dev.flatness.internal.kernels.GemmArguments;
import dev.flatness.linalg.Gemm;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS by JavaCPP: arrays are copied to native memory and back, in buffers kept per thread. */
final class JavacppGemm implements Gemm {
  private final String name;

  JavacppGemm(String version) {
    name = "openblas-javacpp " + version;
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
    if (k == 0 || alpha == 0) {
      Scaling.scale(m, n, beta, c, cOffset, ldc);
      return;
    }
    if (m == 0 || n == 0) {
      return;
    }
    DoubleBuffers buffers = DoubleBuffers.OF_THREAD.get();
    BlasPieces.cut(
        m,
        n,
        k,
        (row, column, depth, rows, columns, depths) -> {
          int aAt = Cblas.at(transA, aOffset, lda, row, depth);
          int bAt = Cblas.at(transB, bOffset, ldb, depth, column);
          int cAt = Cblas.at(false, cOffset, ldc, row, column);
          double scale = depth == 0 ? beta : 1;
          int aRows = transA ? depths : rows;
          int aColumns = transA ? rows : depths;
          int bRows = transB ? columns : depths;
          int bColumns = transB ? depths : columns;
          buffers.a = copy(a, aAt, lda, aRows, aColumns, buffers.a);
          buffers.b = copy(b, bAt, ldb, bRows, bColumns, buffers.b);
          if (scale == 0) {
            buffers.c = room(buffers.c, (long) rows * columns);
          } else {
            buffers.c = copy(c, cAt, ldc, rows, columns, buffers.c);
          }
          openblas_nolapack.cblas_dgemm(
              Cblas.ROW_MAJOR,
              Cblas.transpose(transA),
              Cblas.transpose(transB),
              rows,
              columns,
              depths,
              alpha,
              buffers.a,
              aColumns,
              buffers.b,
              bColumns,
              scale,
              buffers.c,
              columns);
          copyBack(buffers.c, c, cAt, ldc, rows, columns);
        });
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
    if (k == 0 || alpha == 0) {
      Scaling.scale(m, n, beta, c, cOffset, ldc);
      return;
    }
    if (m == 0 || n == 0) {
      return;
    }
    FloatBuffers buffers = FloatBuffers.OF_THREAD.get();
    BlasPieces.cut(
        m,
        n,
        k,
        (row, column, depth, rows, columns, depths) -> {
          int aAt = Cblas.at(transA, aOffset, lda, row, depth);
          int bAt = Cblas.at(transB, bOffset, ldb, depth, column);
          int cAt = Cblas.at(false, cOffset, ldc, row, column);
          float scale = depth == 0 ? beta : 1;
          int aRows = transA ? depths : rows;
          int aColumns = transA ? rows : depths;
          int bRows = transB ? columns : depths;
          int bColumns = transB ? depths : columns;
          buffers.a = copy(a, aAt, lda, aRows, aColumns, buffers.a);
          buffers.b = copy(b, bAt, ldb, bRows, bColumns, buffers.b);
          if (scale == 0) {
            buffers.c = room(buffers.c, (long) rows * columns);
          } else {
            buffers.c = copy(c, cAt, ldc, rows, columns, buffers.c);
          }
          openblas_nolapack.cblas_sgemm(
              Cblas.ROW_MAJOR,
              Cblas.transpose(transA),
              Cblas.transpose(transB),
              rows,
              columns,
              depths,
              alpha,
              buffers.a,
              aColumns,
              buffers.b,
              bColumns,
              scale,
              buffers.c,
              columns);
          copyBack(buffers.c, c, cAt, ldc, rows, columns);
        });
  }

  private static DoublePointer room(DoublePointer buffer, long entries) {
    if (buffer != null && buffer.capacity() >= entries) {
      return buffer;
    }
    if (buffer != null) {
      buffer.close();
    }
    return new DoublePointer(entries);
  }

  private static DoublePointer copy(
      double[] x, int from, int ld, int rows, int columns, DoublePointer buffer) {
    DoublePointer to = room(buffer, (long) rows * columns);
    if (ld == columns) {
      to.position(0).put(x, from, rows * columns);
    } else {
      for (int i = 0; i < rows; i++) {
        to.position((long) i * columns).put(x, from + i * ld, columns);
      }
    }
    return to.position(0);
  }

  private static void copyBack(
      DoublePointer from, double[] x, int to, int ld, int rows, int columns) {
    if (ld == columns) {
      from.position(0).get(x, to, rows * columns);
    } else {
      for (int i = 0; i < rows; i++) {
        from.position((long) i * columns).get(x, to + i * ld, columns);
      }
    }
    from.position(0);
  }

  private static final class DoubleBuffers {
    static final ThreadLocal<DoubleBuffers> OF_THREAD = ThreadLocal.withInitial(DoubleBuffers::new);

    private DoublePointer a;
    private DoublePointer b;
    private DoublePointer c;
  }

  private static FloatPointer room(FloatPointer buffer, long entries) {
    if (buffer != null && buffer.capacity() >= entries) {
      return buffer;
    }
    if (buffer != null) {
      buffer.close();
    }
    return new FloatPointer(entries);
  }

  private static FloatPointer copy(
      float[] x, int from, int ld, int rows, int columns, FloatPointer buffer) {
    FloatPointer to = room(buffer, (long) rows * columns);
    if (ld == columns) {
      to.position(0).put(x, from, rows * columns);
    } else {
      for (int i = 0; i < rows; i++) {
        to.position((long) i * columns).put(x, from + i * ld, columns);
      }
    }
    return to.position(0);
  }

  private static void copyBack(
      FloatPointer from, float[] x, int to, int ld, int rows, int columns) {
    if (ld == columns) {
      from.position(0).get(x, to, rows * columns);
    } else {
      for (int i = 0; i < rows; i++) {
        from.position((long) i * columns).get(x, to + i * ld, columns);
      }
    }
    from.position(0);
  }

  private static final class FloatBuffers {
    static final ThreadLocal<FloatBuffers> OF_THREAD = ThreadLocal.withInitial(FloatBuffers::new);

    private FloatPointer a;
    private FloatPointer b;
    private FloatPointer c;
  }
}
