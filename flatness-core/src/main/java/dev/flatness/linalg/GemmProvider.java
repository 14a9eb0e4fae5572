package dev.flatness.linalg;

/**
 * A way to get a {@link Gemm}, found by {@link java.util.ServiceLoader}.
 *
 * <p>A provider is cheap to instantiate and touches nothing that may be absent (an incubator
 * module, a native library) before {@link #load()}.
 */
public interface GemmProvider {
  /**
   * Returns the short name users choose this provider by, for example {@code openblas-ffm}.
   *
   * @return the id
   */
  String id();

  /**
   * Returns the rank of this provider on the running JDK; the highest one that loads is the
   * default.
   *
   * @return any number; plain Java has 0
   */
  int priority();

  /**
   * Tries to load the implementation. Never throws for a reason that lies in the environment: what
   * is missing comes back as {@link Unavailable}.
   *
   * @return the implementation, or why there is none
   */
  Outcome load();

  /** What {@link #load()} came to. */
  sealed interface Outcome permits Loaded, Unavailable {}

  /**
   * The provider works here.
   *
   * @param gemm the implementation
   */
  record Loaded(Gemm gemm) implements Outcome {}

  /**
   * The provider does not work here.
   *
   * @param reason what is missing and how to get it, one line
   */
  record Unavailable(String reason) implements Outcome {}
}
