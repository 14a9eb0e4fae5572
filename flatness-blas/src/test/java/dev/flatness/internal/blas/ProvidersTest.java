package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProvidersTest {
  @Test
  void listsAllProvidersBestFirst() {
    assertThat(Gemms.candidates())
        .extracting(Gemms.Candidate::id)
        .containsExactly("vector", "openblas-ffm", "openblas-javacpp", "plain");
  }

  @Test
  void theBestIsTheFirstThatLoads() {
    Gemms.Candidate first =
        Gemms.candidates().stream()
            .filter(candidate -> candidate.outcome() instanceof GemmProvider.Loaded)
            .findFirst()
            .orElseThrow();
    assertThat(Gemms.best()).isSameAs(Gemms.byId(first.id()));
  }

  @Test
  void anUnknownIdIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Gemms.byId("mkl"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matrix product \"mkl\" is not known; choose one of vector, openblas-ffm,"
                + " openblas-javacpp, plain");
  }

  @Test
  void foreignFunctionsBeforeJdk22AreUnavailableWithTheReason() {
    int jdk = Runtime.version().feature();
    Assumptions.assumeTrue(jdk < 22);
    assertThatThrownBy(() -> Gemms.byId("openblas-ffm"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "matrix product \"openblas-ffm\" is not available here: foreign functions need JDK 22,"
                + " this is "
                + jdk);
  }
}
