package dev.flatness.attack;

import dev.flatness.symmetry.ScaleClasses;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a sum over parameters becomes when one hidden unit is scaled by c: fixed + in/c² + out·c².
 *
 * <p>That is how a sum of second derivatives transforms, with those of the parameters into the unit
 * and out of it.
 */
record UnitFamily(int scaleClass, double fixed, double in, double out) {
  /**
   * That of the unit with the largest sum on one side.
   *
   * @param entries one a parameter, which transform as second derivatives
   * @param counted the parameters that count
   */
  static UnitFamily steepest(ScaleClasses classes, double[] entries, BitSet counted, String what) {
    return byGrowth(classes, entries, counted, what, 1).get(0);
  }

  /**
   * Those of the units with the largest positive sums on one side, as many as asked for or fewer.
   */
  static List<UnitFamily> byGrowth(
      ScaleClasses classes, double[] entries, BitSet counted, String what, int most) {
    int free = classes.freeCount();
    double[] in = new double[free];
    double[] out = new double[free];
    classes.forEachEdge(
        (position, from, to) -> {
          if (from != to && counted.get(position)) {
            if (to < free) {
              in[to] += entries[position];
            }
            if (from >= 0 && from < free) {
              out[from] += entries[position];
            }
          }
        });
    List<UnitFamily> families =
        IntStream.range(0, free)
            .filter(c -> Math.max(in[c], out[c]) > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -Math.max(in[c], out[c])))
            .limit(most)
            .map(c -> new UnitFamily(c, fixed(classes, entries, counted, c), in[c], out[c]))
            .toList();
    if (families.isEmpty()) {
      throw new IllegalArgumentException(
          what
              + " does not grow with the scale of any hidden unit of this network, because none can"
              + " be rescaled or none contributes");
    }
    return families;
  }

  private static double fixed(ScaleClasses classes, double[] entries, BitSet counted, int unit) {
    double[] sum = new double[1];
    BitSet seen = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          if (counted.get(position)
              && !seen.get(position)
              && (from == to || (from != unit && to != unit))) {
            sum[0] += entries[position];
          }
          seen.set(position);
        });
    return sum[0];
  }

  /** The parameters of a range. */
  static BitSet range(int offset, int length) {
    BitSet set = new BitSet();
    set.set(offset, offset + length);
    return set;
  }

  /** The sum of the entries that count. */
  static double sum(double[] entries, BitSet counted) {
    return counted.stream().mapToDouble(i -> entries[i]).sum();
  }

  /** The same family for entries that transform as squared parameters. */
  UnitFamily inverted() {
    return new UnitFamily(scaleClass, fixed, out, in);
  }

  double at(double c) {
    return fixed + in / (c * c) + out * (c * c);
  }

  /** The c at which the sum is a value that is not below the one at c = 1. */
  double factor(double value) {
    // out u² − b u + in = 0 for u = c²; b ≥ in + out.
    double b = value - fixed;
    double root = b * Math.sqrt(Math.max(0, 1 - 4 * (in / b) * (out / b)));
    double q = b / 2 + root / 2;
    return Math.sqrt(in >= out ? in / q : q / out);
  }
}
