import dev.flatness.measure.MeasureProvider;

/**
 * The fluent API: the one module that an application requires.
 *
 * <p>The matrix products of {@code dev.flatness.blas} are not required here. They are found as a
 * service, so the virtual machine resolves their module where it is on the module path.
 *
 * @uses MeasureProvider to find the measures
 */
module dev.flatness {
  requires transitive dev.flatness.basispath;
  requires transitive dev.flatness.core;
  requires transitive dev.flatness.hessian;
  requires transitive dev.flatness.onnx;
  requires transitive dev.flatness.pacbayes;
  requires static transitive org.jspecify;

  exports dev.flatness;

  uses MeasureProvider;
}
