package dev.flatness.dl4j;

/** Says why a layer, vertex or activation of DL4J cannot be a layer here. */
final class NoCounterpartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoCounterpartException(String reason) {
    super(reason);
  }
}
