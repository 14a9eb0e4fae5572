package dev.flatness.report;

import java.util.List;

/**
 * What is known of a network's basis paths.
 *
 * @param charts the coordinates that each rule gives
 * @param skeleton the rule of the paths that are listed
 * @param largest the paths of the largest magnitudes, the largest first
 * @param smallest the paths of the smallest magnitudes, the smallest first
 */
public record ReportPaths(
    List<Chart> charts, String skeleton, List<Path> largest, List<Path> smallest) {
  /** Copies the lists. */
  public ReportPaths {
    charts = List.copyOf(charts);
    largest = List.copyOf(largest);
    smallest = List.copyOf(smallest);
  }

  /**
   * The coordinates under one rule, or why there are none.
   *
   * @param skeleton the rule
   * @param numbers what they are, or null
   * @param reason why there are none, or null
   */
  public record Chart(String skeleton, Numbers numbers, String reason) {}

  /**
   * What coordinates are.
   *
   * @param count the number of basis paths
   * @param hiddenUnits the number of free edges
   * @param divisors the number of paths by which weights are divided
   * @param largest sup |v|
   * @param smallest inf |v|
   * @param chartRadius the least magnitude of a divisor; infinite without hidden units
   * @param chartEdge the weight whose path that is, or null
   * @param conditioning the largest over the smallest column of ∂w/∂v in the minimum-norm gauge
   */
  public record Numbers(
      int count,
      int hiddenUnits,
      int divisors,
      double largest,
      double smallest,
      double chartRadius,
      String chartEdge,
      double conditioning) {
    /**
     * Returns sup |v| / inf |v|.
     *
     * @return infinite where a value is 0
     */
    public double ratio() {
      return largest / smallest;
    }
  }

  /**
   * A basis path.
   *
   * @param index its place among the coordinates
   * @param value the product of its weights
   * @param edges its weights from the input to the output
   * @param edge the place in them of the weight it is the coordinate of
   */
  public record Path(int index, double value, List<String> edges, int edge) {
    /** Copies the list. */
    public Path {
      edges = List.copyOf(edges);
    }
  }
}
