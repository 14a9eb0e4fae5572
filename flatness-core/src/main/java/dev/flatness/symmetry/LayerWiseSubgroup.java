package dev.flatness.symmetry;

import dev.flatness.network.Node;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The rescalings under which every weight and scale tensor is multiplied by one number: those with
 * one factor for all classes that a node writes.
 *
 * <p>Such a factor clearly suffices. It is necessary too, from the output backwards: every node is
 * read by something, every reader reads all of its channels, and where a reader's outputs have one
 * factor, a tensor between has one ratio only if its inputs have one factor; sums, concatenations
 * and what else has no weight pass the claim on. The output is anchored.
 */
final class LayerWiseSubgroup {
  private final int[] factorOf;
  private final int factors;

  private LayerWiseSubgroup(ScaleClasses classes) {
    DisjointSets groups = new DisjointSets();
    groups.add(classes.count());
    int fixed = groups.add(1);
    for (int c = classes.freeCount(); c < classes.count(); c++) {
      groups.union(c, fixed);
    }
    for (Node node : classes.network().nodes()) {
      int[] written = classes.classesOf(node.index());
      for (int c : written) {
        groups.union(written[0], c);
      }
    }
    int[] number = new int[classes.count() + 1];
    Arrays.fill(number, -1);
    int count = 0;
    this.factorOf = new int[classes.freeCount()];
    for (int c = 0; c < factorOf.length; c++) {
      int group = groups.find(c);
      if (group == groups.find(fixed)) {
        factorOf[c] = SeparableProblem.FIXED;
      } else {
        number[group] = number[group] < 0 ? count++ : number[group];
        factorOf[c] = number[group];
      }
    }
    this.factors = count;
  }

  static LayerWiseSubgroup of(ScaleClasses classes) {
    return new LayerWiseSubgroup(classes);
  }

  /** The dimension of the subgroup. */
  int factors() {
    return factors;
  }

  /** Which of its factors a free class takes; {@link SeparableProblem#FIXED} for none. */
  int factorOf(int freeClass) {
    return factorOf[freeClass];
  }

  /** One logarithm per free class, uniform in [−bound, bound]. */
  double[] draw(double bound, RandomGenerator generator) {
    double[] x = new double[factors];
    Arrays.setAll(x, i -> bound * (2 * generator.nextDouble() - 1));
    double[] result = new double[factorOf.length];
    Arrays.setAll(result, c -> factorOf[c] < 0 ? 0 : x[factorOf[c]]);
    return result;
  }
}
