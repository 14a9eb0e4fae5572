package dev.flatness.surface;

/**
 * A pass over the samples was told to stop before its end, so it gave no number.
 *
 * <p>Thrown by every method of a {@link NetworkSurface} that passes over the samples, where {@link
 * NetworkSurface#stoppingWhen} names a condition and it holds. Iterations that catch it report what
 * the passes before it gave.
 */
public final class PassStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Makes an exception.
   *
   * @param message what was stopped
   */
  public PassStoppedException(String message) {
    super(message);
  }
}
