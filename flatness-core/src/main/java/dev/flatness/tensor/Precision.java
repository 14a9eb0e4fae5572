package dev.flatness.tensor;

/** The floating-point format of stored elements or of the engine's arithmetic. */
public enum Precision {
  /** IEEE 754 binary32: 24 significant bits. */
  FLOAT32("float32", 4, 0x1p-23),
  /** IEEE 754 binary64: 53 significant bits. */
  FLOAT64("float64", 8, 0x1p-52);

  private final String id;
  private final int bytes;
  private final double epsilon;

  Precision(String id, int bytes, double epsilon) {
    this.id = id;
    this.bytes = bytes;
    this.epsilon = epsilon;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return {@code float32} or {@code float64}
   */
  public String id() {
    return id;
  }

  /**
   * Returns the storage of one element.
   *
   * @return bytes
   */
  public int bytes() {
    return bytes;
  }

  /**
   * Returns the distance from 1 to the next larger number.
   *
   * @return the machine epsilon
   */
  public double epsilon() {
    return epsilon;
  }
}
