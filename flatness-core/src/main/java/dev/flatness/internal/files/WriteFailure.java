package dev.flatness.internal.files;

import java.io.IOException;

/** A file that could not be written although nothing was wrong with its name: a full disk. */
public final class WriteFailure extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Makes a failure.
   *
   * @param output what could not be written
   * @param cause why
   */
  public WriteFailure(Object output, IOException cause) {
    super(
        output
            + " could not be written: "
            + Reason.of(cause)
            + "; make room or write to another place",
        cause);
  }
}
