package dev.flatness.internal.blas;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.GemmProvider;
import org.junit.jupiter.api.Assumptions;

/** Loads a provider for a test, or skips the test with the provider's reason. */
final class Providers {
  private Providers() {}

  static Gemm gemm(GemmProvider provider) {
    GemmProvider.Outcome outcome = provider.load();
    if (outcome instanceof GemmProvider.Unavailable unavailable) {
      Assumptions.abort(provider.id() + ": " + unavailable.reason());
    }
    return ((GemmProvider.Loaded) outcome).gemm();
  }
}
