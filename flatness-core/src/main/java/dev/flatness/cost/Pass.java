package dev.flatness.cost;

/** A kind of pass over the samples, of which every number is made. */
public enum Pass {
  /** The loss: one forward pass. */
  VALUE("value"),
  /** The loss and its gradient. */
  GRADIENT("gradient"),
  /** A product of the Hessian with one vector, everything made anew. */
  HESSIAN_PRODUCT("Hessian product"),
  /** A product of the Hessian with one vector at a point whose activations are kept. */
  CACHED_PRODUCT("Hessian product, activations kept"),
  /** A product of the Gauss–Newton matrix with one vector. */
  GAUSS_NEWTON_PRODUCT("Gauss–Newton product"),
  /** One product of every layer's own Hessian block, all layers in a sweep. */
  LAYER_PRODUCTS("products of all layers' blocks"),
  /** The exact traces, diagonal, ρ and relative flatness of all layers. */
  CLOSED_FORMS("closed forms of all layers");

  private final String description;

  Pass(String description) {
    this.description = description;
  }

  /**
   * Returns what it is called in tables.
   *
   * @return a noun
   */
  public String description() {
    return description;
  }
}
