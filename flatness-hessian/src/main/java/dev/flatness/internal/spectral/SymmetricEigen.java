package dev.flatness.internal.spectral;

import dev.flatness.internal.linalg.Vectors;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The eigendecomposition of a small symmetric matrix; the one place that knows EJML.
 *
 * @param values ascending
 * @param vectors the unit eigenvectors in the same order
 */
public record SymmetricEigen(double[] values, double[][] vectors) {
  public static SymmetricEigen of(int dimension, double[] entries) {
    EigenDecomposition_F64<DMatrixRMaj> decomposition =
        DecompositionFactory_DDRM.eig(dimension, true, true);
    // The implicit QR iteration stalls on about one Hessian of low rank in ten thousand; shifted by
    // its norm, which costs rounding of that norm, it does not.
    double norm = Vectors.norm(entries);
    double shift = 0;
    while (!decomposition.decompose(shifted(dimension, entries, shift))) {
      if (shift > 8 * norm || !(norm > 0 && norm < Double.POSITIVE_INFINITY)) {
        throw new ArithmeticException(
            "the symmetric eigenproblem of dimension " + dimension + " did not converge");
      }
      shift += norm;
    }
    int[] order =
        IntStream.range(0, dimension)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> decomposition.getEigenvalue(i).getReal()))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = new double[dimension];
    double[][] vectors = new double[dimension][];
    for (int i = 0; i < dimension; i++) {
      values[i] = decomposition.getEigenvalue(order[i]).getReal() - shift;
      vectors[i] = decomposition.getEigenVector(order[i]).data.clone();
    }
    return new SymmetricEigen(values, vectors);
  }

  private static DMatrixRMaj shifted(int dimension, double[] entries, double shift) {
    double[] copy = entries.clone();
    for (int i = 0; i < dimension; i++) {
      copy[i * dimension + i] += shift;
    }
    return new DMatrixRMaj(dimension, dimension, true, copy);
  }
}
