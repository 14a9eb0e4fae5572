package dev.flatness.internal.blas;

import dev.flatness.linalg.GemmProvider;
import java.util.Optional;

/** OpenBLAS by JavaCPP, with copies: any JDK. */
public final class OpenBlasJavacppProvider implements GemmProvider {
  @Override
  public String id() {
    return "openblas-javacpp";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Outcome load() {
    Optional<String> missing = OpenBlasLibrary.load();
    if (missing.isPresent()) {
      return new Unavailable(missing.get());
    }
    return new Loaded(new JavacppGemm(OpenBlasLibrary.version()));
  }
}
