package dev.flatness.internal.nd4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory of one thread for products of one data type, outside of the Java heap, and the operations
 * on it for the sizes used last.
 *
 * <p>A row-major matrix of r rows and c columns is an array of shape [c, r] and order 'f'. So Cᵀ =
 * op(B)ᵀ op(A)ᵀ is computed.
 */
final class Workspace {
  private static final int MOST_SIZES = 64;
  private static final int FACTOR_A = 0;
  private static final int FACTOR_B = 1;
  private static final int PRODUCT = 2;

  private final DataType type;
  private final INDArray[] buffers = new INDArray[3];
  private final Pointer[] pointers = new Pointer[3];
  private final Map<Size, Mmul> operations =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Size, Mmul> eldest) {
          return size() > MOST_SIZES;
        }
      };

  private record Size(boolean transA, boolean transB, int m, int n, int k) {}

  Workspace(DataType type) {
    this.type = type;
  }

  /** Makes room for a product and returns the operation on it. */
  Mmul operation(boolean transA, boolean transB, int m, int n, int k) {
    Size size = new Size(transA, transB, m, n, k);
    Mmul operation = operations.get(size);
    if (operation == null) {
      operation = make(size);
      operations.put(size, operation);
    }
    return operation;
  }

  @SuppressWarnings("try")
  private Mmul make(Size s) {
    // A user's workspace, if one is open, must not own what is kept.
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray a = matrix(FACTOR_A, s.transA ? s.k : s.m, s.transA ? s.m : s.k);
      INDArray b = matrix(FACTOR_B, s.transB ? s.n : s.k, s.transB ? s.k : s.n);
      INDArray c = matrix(PRODUCT, s.m, s.n);
      MMulTranspose transpose =
          MMulTranspose.builder().transposeA(s.transB).transposeB(s.transA).build();
      return new Mmul(b, a, c, 1, 0, transpose);
    }
  }

  /** An array at the beginning of a buffer, which grows where it is too small. */
  private INDArray matrix(int which, int rows, int columns) {
    long entries = (long) rows * columns;
    INDArray buffer = buffers[which];
    if (buffer == null || buffer.length() < entries) {
      operations.clear();
      if (buffer != null) {
        buffer.close();
      }
      buffer = Nd4j.createUninitializedDetached(type, 'c', entries);
      buffers[which] = buffer;
      pointers[which] = buffer.data().pointer();
    }
    return Nd4j.create(
        buffer.data(), new long[] {columns, rows}, new long[] {1, columns}, 0, 'f', type);
  }

  Pointer a() {
    return pointers[FACTOR_A];
  }

  Pointer b() {
    return pointers[FACTOR_B];
  }

  Pointer c() {
    return pointers[PRODUCT];
  }
}
