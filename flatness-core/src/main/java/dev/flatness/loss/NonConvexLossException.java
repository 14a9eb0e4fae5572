package dev.flatness.loss;

/**
 * Says that a loss is not convex in the network's outputs at some sample, where what was asked for
 * needs a convex loss.
 */
public final class NonConvexLossException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** The loss and what to do. */
  private final String reason;

  /**
   * Makes the exception.
   *
   * @param loss the loss's id
   */
  public NonConvexLossException(String loss) {
    reason =
        "loss \""
            + loss
            + "\" is not convex in the outputs; closed forms need a convex loss, use an estimator";
  }

  @Override
  public String getMessage() {
    return reason;
  }
}
