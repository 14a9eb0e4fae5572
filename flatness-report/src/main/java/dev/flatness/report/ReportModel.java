package dev.flatness.report;

import java.util.List;

/**
 * The network of a report.
 *
 * @param file the file it was read from, or null where it was made in memory
 * @param parameters the number of parameters
 * @param piecewiseLinear whether the closed forms of piecewise-linear networks hold
 * @param scaleClasses the number of free scale classes, the dimension of the rescaling group
 * @param deadUnits the names of the scale classes without a path of non-zero weights through them
 * @param layers all layers in forward order
 * @param notes what reading the network changed or decided
 */
public record ReportModel(
    String file,
    long parameters,
    boolean piecewiseLinear,
    int scaleClasses,
    List<String> deadUnits,
    List<Layer> layers,
    List<String> notes) {

  /** Copies the lists. */
  public ReportModel {
    deadUnits = List.copyOf(deadUnits);
    layers = List.copyOf(layers);
    notes = List.copyOf(notes);
  }

  /**
   * A layer of the network.
   *
   * @param name its name
   * @param kind its operation, for instance {@code dense}
   * @param weightShape the shape of its weight, or null where it has none
   * @param bias whether it has a bias; null where it has no weight
   */
  public record Layer(String name, String kind, List<Integer> weightShape, Boolean bias) {
    /** Copies the shape. */
    public Layer {
      if (name == null || kind == null) {
        throw new IllegalArgumentException(
            "layer " + name + " of kind " + kind + ": a layer of a report needs both");
      }
      weightShape = weightShape == null ? null : List.copyOf(weightShape);
    }

    /**
     * Makes a layer without a weight.
     *
     * @param name its name
     * @param kind its operation
     * @return the layer
     */
    public static Layer weightless(String name, String kind) {
      return new Layer(name, kind, null, null);
    }
  }
}
