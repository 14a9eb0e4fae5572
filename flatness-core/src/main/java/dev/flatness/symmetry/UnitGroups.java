package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The units of a network that must move together, in groups within which they can change places.
 *
 * <p>When unit u takes the place of unit v, the j-th block of features that belongs to u in any
 * node takes the place of the j-th block of v. So two units are interchangeable when they have as
 * many blocks in every node, in the same groups of grouped convolutions and under the same
 * constants.
 */
final class UnitGroups {
  private final Network network;
  private final FeatureClasses[] layouts;
  private final int unitCount;
  private final List<int[]> interchangeable = new ArrayList<>();

  private UnitGroups(Network network) {
    this.network = network;
    FeatureJoins joins = new FeatureJoins(network, FeatureJoins.Purpose.PERMUTATION);
    int[] marks = joins.marks();
    int[] number = new int[marks.length];
    Arrays.fill(number, -1);
    int units = 0;
    BitSet fixed = new BitSet();
    int immovable =
        FeatureJoins.bit(Anchor.INPUT)
            | FeatureJoins.bit(Anchor.OUTPUT)
            | FeatureJoins.bit(Anchor.SHARED_PARAMETER);
    this.layouts = new FeatureClasses[network.nodes().size()];
    for (int i = 0; i < layouts.length; i++) {
      FeatureClasses layout = joins.layout(i);
      int[] ids = new int[layout.ids().length];
      for (int k = 0; k < ids.length; k++) {
        int set = joins.find(layout.ids()[k]);
        if (number[set] < 0) {
          fixed.set(units, (marks[set] & immovable) != 0);
          number[set] = units++;
        }
        ids[k] = number[set];
      }
      layouts[i] = new FeatureClasses(ids, layout.span());
    }
    this.unitCount = units;
    group(fixed);
  }

  static UnitGroups of(Network network) {
    return new UnitGroups(network);
  }

  int unitCount() {
    return unitCount;
  }

  /** Disjoint sets of two or more units that can change places. */
  List<int[]> interchangeable() {
    return interchangeable;
  }

  /**
   * Where each feature of a node comes from when unit u is replaced by {@code source[u]}; null if
   * all stay.
   */
  int @Nullable [] featureSources(int node, int[] source) {
    FeatureClasses layout = layouts[node];
    int[] ids = layout.ids();
    if (Arrays.stream(ids).allMatch(unit -> source[unit] == unit)) {
      return null;
    }
    List<List<Integer>> blocks = new ArrayList<>();
    for (int unit = 0; unit < unitCount; unit++) {
      blocks.add(null);
    }
    for (int k = 0; k < ids.length; k++) {
      if (blocks.get(ids[k]) == null) {
        blocks.set(ids[k], new ArrayList<>());
      }
      blocks.get(ids[k]).add(k);
    }
    int[] sources = new int[layout.size()];
    int[] next = new int[unitCount];
    for (int k = 0; k < ids.length; k++) {
      int from = blocks.get(source[ids[k]]).get(next[ids[k]]++);
      for (int e = 0; e < layout.span(); e++) {
        sources[k * layout.span() + e] = from * layout.span() + e;
      }
    }
    return sources;
  }

  private void group(BitSet fixed) {
    List<StringBuilder> signatures = new ArrayList<>();
    for (int unit = 0; unit < unitCount; unit++) {
      signatures.add(new StringBuilder());
    }
    for (Node node : network.nodes()) {
      int[] count = new int[unitCount];
      for (int unit : layouts[node.index()].ids()) {
        count[unit]++;
      }
      for (int unit : layouts[node.index()].ids()) {
        if (count[unit] > 0) {
          signatures.get(unit).append(node.index()).append('x').append(count[unit]).append(' ');
          count[unit] = 0;
        }
      }
      distinguish(node, signatures);
      if (node.layer() instanceof Layer.LinearMap map) {
        distinguish(node, map.matrix(), signatures);
      }
      if (node.layer() instanceof Layer.Transpose) {
        fixIrregular(node, fixed);
      }
    }
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int unit = 0; unit < unitCount; unit++) {
      if (!fixed.get(unit)) {
        groups.computeIfAbsent(signatures.get(unit).toString(), s -> new ArrayList<>()).add(unit);
      }
    }
    for (List<Integer> group : groups.values()) {
      if (group.size() > 1) {
        interchangeable.add(group.stream().mapToInt(unit -> unit).toArray());
      }
    }
  }

  /**
   * Adds what tells channels apart although they stand in the same nodes: their group, their
   * constants.
   */
  private void distinguish(Node node, List<StringBuilder> signatures) {
    if (node.layer() instanceof Layer.Convolution convolution
        && convolution.groups() > 1
        && !FeatureJoins.depthwise(convolution)) {
      int reads = convolution.inputChannels() / convolution.groups();
      int writes = convolution.outputChannels() / convolution.groups();
      tag(node.input(), convolution.inputChannels(), c -> "g" + c / reads, signatures);
      tag(node.index(), convolution.outputChannels(), s -> "g" + s / writes, signatures);
    } else if (node.layer() instanceof Layer.Constant constant
        && constant.scale().size() + constant.shift().size() > 2) {
      List<Double> scale = constant.scale();
      List<Double> shift = constant.shift();
      tag(
          node.index(),
          node.shape().extent(0),
          c -> scale.get(scale.size() == 1 ? 0 : c) + "+" + shift.get(shift.size() == 1 ? 0 : c),
          signatures);
    } else if (node.layer() instanceof Layer.Activate activate
        && activate.function().perChannel()) {
      List<Double> slopes = activate.function().parameters();
      tag(node.index(), slopes.size(), c -> "s" + slopes.get(c), signatures);
    }
  }

  /** What a linear map makes of one unit: its rows in order, by the unit's own entries. */
  private record Pattern(double[] numbers) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Pattern pattern && Arrays.equals(numbers, pattern.numbers);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(numbers);
    }
  }

  /** Units can change places only where a linear map treats them alike. */
  private void distinguish(Node node, SparseMatrix a, List<StringBuilder> signatures) {
    FeatureClasses after = layouts[node.index()];
    int[] rank = ranks(layouts[node.input()]);
    int[] length = new int[unitCount];
    for (int row = 0; row < a.rows(); row++) {
      length[after.at(row)] += 1 + 2 * (a.start(row + 1) - a.start(row));
    }
    double[][] patterns = new double[unitCount][];
    int[] at = new int[unitCount];
    for (int row = 0; row < a.rows(); row++) {
      int unit = after.at(row);
      if (patterns[unit] == null) {
        patterns[unit] = new double[length[unit]];
      }
      patterns[unit][at[unit]++] = a.start(row + 1) - a.start(row);
      for (int e = a.start(row); e < a.start(row + 1); e++) {
        patterns[unit][at[unit]++] = rank[a.column(e)];
        patterns[unit][at[unit]++] = a.value(e);
      }
    }
    Map<Pattern, Integer> numbers = new LinkedHashMap<>();
    for (int unit = 0; unit < unitCount; unit++) {
      if (length[unit] > 0) {
        Pattern pattern = new Pattern(patterns[unit]);
        int number = numbers.computeIfAbsent(pattern, p -> numbers.size());
        signatures.get(unit).append(node.index()).append('m').append(number).append(' ');
      }
    }
  }

  /** The position of each entry among those of its unit. */
  private int[] ranks(FeatureClasses layout) {
    int[] rank = new int[layout.size()];
    int[] seen = new int[unitCount];
    for (int e = 0; e < rank.length; e++) {
      rank[e] = seen[layout.at(e)]++;
    }
    return rank;
  }

  private void tag(
      int node, int channels, IntFunction<String> label, List<StringBuilder> signatures) {
    int positions = network.node(node).shape().positions();
    FeatureClasses layout = layouts[node];
    int step = FeatureJoins.gcd(positions, layout.span());
    for (int c = 0; c < channels; c++) {
      for (int e = c * positions; e < (c + 1) * positions; e += step) {
        signatures.get(layout.at(e)).append(node).append(label.apply(c)).append(' ');
      }
    }
  }

  /**
   * The j-th block of a unit before a transposition must be the j-th after it, for all units alike;
   * where a reshape cut through channels it need not be, and such units stay in place.
   */
  private void fixIrregular(Node node, BitSet fixed) {
    FeatureClasses before = layouts[node.input()];
    FeatureClasses after = layouts[node.index()];
    if (after.span() != 1) {
      return;
    }
    int[] source =
        FeatureJoins.transposition(
            network.node(node.input()).shape(), ((Layer.Transpose) node.layer()).axes());
    int[] rank = ranks(before);
    Map<List<Integer>, Integer> firstOrder = new LinkedHashMap<>();
    Map<Integer, List<Integer>> orders = new LinkedHashMap<>();
    for (int e = 0; e < source.length; e++) {
      orders.computeIfAbsent(after.at(e), unit -> new ArrayList<>()).add(rank[source[e]]);
    }
    orders.values().forEach(order -> firstOrder.merge(order, 1, Integer::sum));
    if (firstOrder.size() > 1) {
      orders.keySet().forEach(fixed::set);
    }
  }
}
