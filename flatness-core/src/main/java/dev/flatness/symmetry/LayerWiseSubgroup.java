package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The rescalings under which every weight and scale tensor is multiplied by one number.
 *
 * <p>With x = ln c, each tensor asks that x_b − x_a be the same for all its edges. Edges that share
 * an end make their other ends equal, which union-find settles; what is left are equations between
 * a few groups of classes, solved by elimination.
 */
final class LayerWiseSubgroup {
  /** A tensor's edges lead from everything in one group to everything in another. */
  private record Pair(int from, int to) {}

  private final ScaleClasses classes;
  private final DisjointSets groups = new DisjointSets();

  /** The group of everything anchored: x = 0. */
  private final int fixed;

  private final Map<Integer, Map<Integer, Double>> pivots = new LinkedHashMap<>();

  private LayerWiseSubgroup(ScaleClasses classes) {
    this.classes = classes;
    groups.add(classes.count());
    this.fixed = groups.add(1);
    for (int c = classes.freeCount(); c < classes.count(); c++) {
      groups.union(c, fixed);
    }
    List<List<Pair>> tensors = tensors();
    while (joinForced(tensors)) {
      // until nothing more is forced to be equal
    }
    eliminate(tensors);
  }

  static LayerWiseSubgroup of(ScaleClasses classes) {
    return new LayerWiseSubgroup(classes);
  }

  /**
   * One x per free class: independent groups uniform in [−bound, bound], the others as the
   * equations say.
   */
  double[] draw(double bound, RandomGenerator generator) {
    int zero = groups.find(fixed);
    Map<Integer, Double> x = new LinkedHashMap<>();
    for (int c = 0; c < classes.freeCount(); c++) {
      int group = groups.find(c);
      if (group != zero && !pivots.containsKey(group) && !x.containsKey(group)) {
        x.put(group, bound * (2 * generator.nextDouble() - 1));
      }
    }
    x.put(zero, 0.0);
    double largest = bound;
    for (Map.Entry<Integer, Map<Integer, Double>> pivot : pivots.entrySet()) {
      double value = 0;
      for (Map.Entry<Integer, Double> term : pivot.getValue().entrySet()) {
        value -= term.getValue() * x.getOrDefault(term.getKey(), 0.0);
      }
      x.put(pivot.getKey(), value);
      largest = Math.max(largest, Math.abs(value));
    }
    double shrink = bound == 0 ? 0 : bound / largest;
    double[] result = new double[classes.freeCount()];
    Arrays.setAll(result, c -> shrink * x.get(groups.find(c)));
    return result;
  }

  private List<List<Pair>> tensors() {
    List<List<Pair>> tensors = new ArrayList<>();
    for (Node node : classes.network().nodes()) {
      if (node.weight() < 0) {
        continue;
      }
      List<Pair> pairs = new ArrayList<>();
      if (node.layer() instanceof Layer.Convolution convolution) {
        int reads = convolution.inputChannels() / convolution.groups();
        int writes = convolution.outputChannels() / convolution.groups();
        for (int g = 0; g < convolution.groups(); g++) {
          pairs.add(
              new Pair(one(node.input(), g * reads, reads), one(node.index(), g * writes, writes)));
        }
      } else if (node.layer() instanceof Layer.Affine affine) {
        for (int c = 0; c < affine.channels(); c++) {
          pairs.add(new Pair(one(node.input(), c, 1), one(node.index(), c, 1)));
        }
      } else {
        pairs.add(
            new Pair(one(classes.classesOf(node.input())), one(classes.classesOf(node.index()))));
      }
      tensors.add(pairs);
    }
    return tensors;
  }

  private int one(int node, int first, int count) {
    int[] members = new int[count];
    Arrays.setAll(members, i -> classes.classOfChannel(node, first + i));
    return one(members);
  }

  private int one(int[] members) {
    for (int member : members) {
      groups.union(members[0], member);
    }
    return members[0];
  }

  private boolean joinForced(List<List<Pair>> tensors) {
    boolean changed = false;
    for (List<Pair> pairs : tensors) {
      Map<Integer, Integer> byFrom = new LinkedHashMap<>();
      Map<Integer, Integer> byTo = new LinkedHashMap<>();
      boolean ratioOne = false;
      for (Pair pair : pairs) {
        int from = groups.find(pair.from());
        int to = groups.find(pair.to());
        ratioOne |= from == to;
        Integer otherTo = byFrom.putIfAbsent(from, to);
        Integer otherFrom = byTo.putIfAbsent(to, from);
        changed |= otherTo != null && groups.union(otherTo, to);
        changed |= otherFrom != null && groups.union(otherFrom, from);
      }
      if (ratioOne) {
        for (Pair pair : pairs) {
          changed |= groups.union(pair.from(), pair.to());
        }
      }
    }
    return changed;
  }

  /** Gauss–Jordan on (x_b − x_a) − (x_b₀ − x_a₀) = 0; coefficients are small integers. */
  private void eliminate(List<List<Pair>> tensors) {
    int zero = groups.find(fixed);
    for (List<Pair> pairs : tensors) {
      for (Pair pair : new ArrayList<>(pairs.subList(1, pairs.size()))) {
        Map<Integer, Double> row = new LinkedHashMap<>();
        add(row, groups.find(pair.to()), 1);
        add(row, groups.find(pair.from()), -1);
        add(row, groups.find(pairs.get(0).to()), -1);
        add(row, groups.find(pairs.get(0).from()), 1);
        row.remove(zero);
        for (int group : new TreeSet<>(row.keySet())) {
          if (pivots.containsKey(group)) {
            double factor = row.remove(group);
            pivots.get(group).forEach((other, value) -> add(row, other, -factor * value));
          }
        }
        row.values().removeIf(value -> Math.abs(value) < 1e-9);
        if (!row.isEmpty()) {
          int group = row.keySet().stream().max(Integer::compare).orElseThrow();
          double lead = row.remove(group);
          row.replaceAll((other, value) -> value / lead);
          for (Map<Integer, Double> earlier : pivots.values()) {
            Double factor = earlier.remove(group);
            if (factor != null) {
              row.forEach((other, value) -> add(earlier, other, -factor * value));
              earlier.values().removeIf(value -> Math.abs(value) < 1e-9);
            }
          }
          pivots.put(group, row);
        }
      }
    }
  }

  private static void add(Map<Integer, Double> row, int group, double value) {
    row.merge(group, value, Double::sum);
  }
}
