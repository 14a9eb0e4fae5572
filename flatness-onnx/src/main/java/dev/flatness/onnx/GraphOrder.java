package dev.flatness.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The forward order of the nodes that lead to an output: the file's own order where that is
 * topological, else the topological order nearest to it.
 */
final class GraphOrder {
  private GraphOrder() {}

  /**
   * Sorts nodes.
   *
   * @param inputs the names each node reads
   * @param producers the node that makes each name
   * @param output the name to be made
   * @return positions of nodes
   */
  static List<Integer> of(
      List<List<String>> inputs, Map<String, Integer> producers, String output) {
    int count = inputs.size();
    boolean[] needed = new boolean[count];
    Deque<Integer> open = new ArrayDeque<>();
    Integer last = producers.get(output);
    if (last != null) {
      needed[last] = true;
      open.push(last);
    }
    int[] missing = new int[count];
    List<List<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      readers.add(new ArrayList<>());
    }
    while (!open.isEmpty()) {
      int node = open.pop();
      for (String name : inputs.get(node)) {
        Integer source = producers.get(name);
        if (source != null) {
          missing[node]++;
          readers.get(source).add(node);
          if (!needed[source]) {
            needed[source] = true;
            open.push(source);
          }
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int node = 0; node < count; node++) {
      if (needed[node] && missing[node] == 0) {
        ready.add(node);
      }
    }
    List<Integer> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int node = ready.poll();
      order.add(node);
      needed[node] = false;
      for (int reader : readers.get(node)) {
        if (--missing[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    for (int node = 0; node < count; node++) {
      if (needed[node]) {
        throw Messages.refused(
            "its graph has a cycle through node "
                + node
                + "; a feed-forward network was expected, the file is damaged");
      }
    }
    return order;
  }
}
