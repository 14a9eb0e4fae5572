package dev.flatness.hessian;

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
record SymmetricEigen(double[] values, double[][] vectors) {
  static SymmetricEigen of(int dimension, double[] entries) {
    EigenDecomposition_F64<DMatrixRMaj> decomposition =
        DecompositionFactory_DDRM.eig(dimension, true, true);
    DMatrixRMaj matrix = new DMatrixRMaj(dimension, dimension, true, entries.clone());
    if (!decomposition.decompose(matrix)) {
      throw new ArithmeticException(
          "the symmetric eigenproblem of dimension " + dimension + " did not converge");
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
      values[i] = decomposition.getEigenvalue(order[i]).getReal();
      vectors[i] = decomposition.getEigenVector(order[i]).data.clone();
    }
    return new SymmetricEigen(values, vectors);
  }
}
