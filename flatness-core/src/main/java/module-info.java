import dev.flatness.audit.Adversary;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.symmetry.SymmetryMeasures;

/**
 * Tensors, networks, data, losses and surfaces, symmetry, measure contracts and a small trainer.
 *
 * @uses GemmProvider to find matrix products
 * @provides MeasureProvider the measures that need no more than a network's symmetry
 */
module dev.flatness.core {
  requires static transitive org.jspecify;

  exports dev.flatness.audit;
  exports dev.flatness.coordinates;
  exports dev.flatness.cost;
  exports dev.flatness.data;
  exports dev.flatness.data.synthetic;
  exports dev.flatness.linalg;
  exports dev.flatness.loss;
  exports dev.flatness.measure;
  exports dev.flatness.network;
  exports dev.flatness.random;
  exports dev.flatness.surface;
  exports dev.flatness.symmetry;
  exports dev.flatness.tensor;
  exports dev.flatness.training;
  exports dev.flatness.internal.engine to
      dev.flatness.basispath,
      dev.flatness.blas,
      dev.flatness.pacbayes,
      dev.flatness.testkit;
  exports dev.flatness.internal.files to
      dev.flatness.onnx,
      dev.flatness.pacbayes,
      dev.flatness.report,
      dev.flatness.weights;
  exports dev.flatness.internal.kernels to
      dev.flatness.blas,
      dev.flatness.testkit;
  exports dev.flatness.internal.kernels32 to
      dev.flatness.blas,
      dev.flatness.testkit;
  exports dev.flatness.internal.kernels64 to
      dev.flatness.blas,
      dev.flatness.testkit;
  exports dev.flatness.internal.linalg to
      dev.flatness,
      dev.flatness.basispath,
      dev.flatness.hessian,
      dev.flatness.pacbayes;
  exports dev.flatness.internal.runs to
      dev.flatness.hessian,
      dev.flatness.pacbayes,
      dev.flatness.report;
  exports dev.flatness.internal.parameters to
      dev.flatness.onnx,
      dev.flatness.weights;
  exports dev.flatness.internal.text to
      dev.flatness,
      dev.flatness.basispath,
      dev.flatness.hessian,
      dev.flatness.onnx,
      dev.flatness.pacbayes,
      dev.flatness.report,
      dev.flatness.weights;

  uses Adversary;
  uses GemmProvider;

  provides MeasureProvider with
      SymmetryMeasures;
}
