package dev.flatness.basispath;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One basis path: a chain of in-edges from the input side, the one edge that it is the coordinate
 * of, a chain of free edges to the output side.
 *
 * <p>Formula: v_e = in(a) · w_e · out(b) for the edge e from a to b.
 *
 * @param index its place among the coordinates, which are in the order of their edges in θ
 * @param value v_e, the product of the weights of its edges
 * @param edges the edges from the input to the output; a path that starts with a bias starts at the
 *     constant source
 * @param edge the place of e in {@code edges}
 */
public record BasisPath(int index, double value, List<PathEdge> edges, int edge) {
  /**
   * Copies the edges.
   *
   * @param index its place among the coordinates, which are in the order of their edges in θ
   * @param value v_e, the product of the weights of its edges
   * @param edges the edges from the input to the output; a path that starts with a bias starts at
   *     the constant source
   * @param edge the place of e in {@code edges}
   */
  public BasisPath {
    edges = List.copyOf(edges);
  }

  /**
   * Returns the edge that the path is the coordinate of.
   *
   * @return e
   */
  public PathEdge coordinateEdge() {
    return edges.get(edge);
  }

  /** Returns the edges in order, the coordinate's one in parentheses. */
  @Override
  public String toString() {
    return java.util.stream.IntStream.range(0, edges.size())
        .mapToObj(i -> i == edge ? "(" + edges.get(i) + ")" : edges.get(i).toString())
        .collect(Collectors.joining(" → "));
  }
}
