package dev.flatness.internal.nd4j;

import dev.flatness.linalg.GemmProvider;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Products by ND4J, for comparisons and for those who must compute all with ND4J. Its rank is below
 * that of plain Java, so that it is never the default.
 */
public final class Nd4jProvider implements GemmProvider {
  @Override
  public String id() {
    return "nd4j";
  }

  @Override
  public int priority() {
    return -10;
  }

  @Override
  public Outcome load() {
    try {
      Nd4jBackend.load();
      return new Loaded(Nd4jGemm.create());
    } catch (Nd4jBackend.NoAvailableBackendException e) {
      return new Unavailable(
          "ND4J has no backend here; depend on org.nd4j:nd4j-native and its natives for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"));
    } catch (RuntimeException | LinkageError e) {
      return new Unavailable(
          "ND4J does not start: " + String.valueOf(e).lines().findFirst().orElse(""));
    }
  }
}
