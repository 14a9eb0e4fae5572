package dev.flatness.symmetry;

/** Why the scale of a class is fixed (docs/mathematics.md#scale-classes). */
public enum Anchor {
  /** The class holds inputs of the network. */
  INPUT("network input"),
  /** The class holds outputs of the network. */
  OUTPUT("network output"),
  /** An activation that is not positively homogeneous reads or writes the class. */
  ACTIVATION("activation that is not positively homogeneous"),
  /** A constant that is no parameter is added to the class. */
  CONSTANT("added constant"),
  /** A parameter that several layers use leads into or out of the class. */
  SHARED_PARAMETER("shared parameter");

  private final String text;

  Anchor(String text) {
    this.text = text;
  }

  /**
   * Returns the reason in words.
   *
   * @return for instance {@code network input}
   */
  public String text() {
    return text;
  }
}
