package dev.flatness.internal.blas;

import dev.flatness.linalg.GemmProvider;
import java.util.Optional;

/** OpenBLAS by foreign functions, without copies: JDK 22 and later. */
public final class OpenBlasForeignProvider implements GemmProvider {
  @Override
  public String id() {
    return "openblas-ffm";
  }

  @Override
  public int priority() {
    return 20;
  }

  @Override
  public Outcome load() {
    int jdk = Runtime.version().feature();
    if (jdk < 22) {
      return new Unavailable("foreign functions need JDK 22, this is " + jdk);
    }
    if (!OpenBlasLibrary.nativeAccessEnabled()) {
      return new Unavailable(OpenBlasLibrary.nativeAccessAdvice());
    }
    Optional<String> missing = OpenBlasLibrary.load();
    if (missing.isPresent()) {
      return new Unavailable(missing.get());
    }
    try {
      ForeignBlas.link();
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Unavailable("OpenBLAS could not be linked: " + cause.getMessage());
    }
    return new Loaded(new ForeignGemm(OpenBlasLibrary.version()));
  }
}
