import dev.flatness.internal.blas.OpenBlasForeignProvider;
import dev.flatness.internal.blas.OpenBlasJavacppProvider;
import dev.flatness.internal.blas.VectorProvider;
import dev.flatness.linalg.GemmProvider;

/**
 * Matrix products by OpenBLAS and by the Vector API.
 *
 * @provides GemmProvider the products, each where this virtual machine has what it needs
 */
module dev.flatness.blas {
  requires dev.flatness.core;
  requires org.bytedeco.openblas;
  // Read where the virtual machine was started with it.
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;

  provides GemmProvider with
      VectorProvider,
      OpenBlasForeignProvider,
      OpenBlasJavacppProvider;
}
