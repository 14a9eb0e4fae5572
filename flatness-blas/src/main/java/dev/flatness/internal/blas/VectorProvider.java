package dev.flatness.internal.blas;

import dev.flatness.linalg.GemmProvider;

/** Vector kernels; there when the incubator module is and the JIT turns them into machine code. */
public final class VectorProvider implements GemmProvider {
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String id() {
    return "vector";
  }

  @Override
  public int priority() {
    return 30;
  }

  @Override
  public Outcome load() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Unavailable("start java with --add-modules " + MODULE);
    }
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted") || mode.contains("emulated-client")) {
      return new Unavailable(
          "the optimizing compiler is off (" + mode + "); vector kernels would crawl");
    }
    VectorGemm gemm = new VectorGemm();
    if (gemm.bits() < 128) {
      return new Unavailable("the processor offers vectors of " + gemm.bits() + " bits only");
    }
    return new Loaded(gemm);
  }
}
