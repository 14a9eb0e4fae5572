package dev.flatness.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Roughness of grids, against the definition by flooding. */
class MergeTreeTest {
  @Test
  void oneBasinIsSmooth() {
    double[] bowl = {4, 1, 0, 1, 4};
    assertThat(MergeTree.averageLeaf(bowl, 5, 1)).isZero();
  }

  @Test
  void twoBasinsMeetAtTheRidge() {
    // Depths 3 − 0 and 3 − 1.
    double[] line = {5, 0, 3, 1, 4};
    assertThat(MergeTree.averageLeaf(line, 5, 1)).isEqualTo((3 + 2) / 2.0);
    assertThat(MergeTree.averageLeaf(line, 1, 5)).isEqualTo((3 + 2) / 2.0);
  }

  @Test
  void aBasinThatJoinsOneThatHasJoinedIsALeafAlone() {
    // 0 and 2 meet at 3; −1 meets both at 5.
    double[] line = {0, 3, 2, 5, -1};
    assertThat(MergeTree.averageLeaf(line, 5, 1)).isEqualTo((3 + 1 + 6) / 3.0);
  }

  @Test
  void pointsWithoutALossAreWalls() {
    assertThat(MergeTree.averageLeaf(new double[] {1, Double.NaN, 0}, 3, 1)).isZero();
    assertThat(MergeTree.averageLeaf(new double[] {Double.NaN, Double.NaN}, 2, 1)).isNaN();
  }

  @Test
  void aPlateauIsOneMinimumWhateverItsShape() {
    double[] grid = {
      1, 0, 9, 0, 9, 9,
      0, 0, 0, 0, 1, .5,
      9, 9, 9, 9, 9, 9
    };
    assertThat(MergeTree.averageLeaf(grid, 3, 6)).isEqualTo((1 + 0.5) / 2);
  }

  @Property(tries = 300)
  void theOrderOfEqualValuesDoesNotMatter(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 7) int rows,
      @ForAll @IntRange(min = 1, max = 7) int columns) {
    Random random = new Random(seed);
    double[] flat = new double[rows * columns];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = random.nextInt(4);
    }
    double exact = MergeTree.averageLeaf(flat, rows, columns);
    double[] permuted = mirrored(flat);
    assertThat(MergeTree.averageLeaf(permuted, rows, columns)).isCloseTo(exact, within(1e-12));
  }

  /** The grid seen from behind, whose points come in another order. */
  private static double[] mirrored(double[] values) {
    double[] mirrored = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      mirrored[values.length - 1 - i] = values[i];
    }
    return mirrored;
  }

  @Property(tries = 300)
  void agreesWithFloodingByComponents(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 7) int rows,
      @ForAll @IntRange(min = 1, max = 7) int columns) {
    Random random = new Random(seed);
    double[] values = random.doubles((long) rows * columns).toArray();
    assertThat(MergeTree.averageLeaf(values, rows, columns))
        .isCloseTo(flooded(values, rows, columns), within(1e-12));
  }

  /** For every minimum the level at which its sublevel component first gains another minimum. */
  private static double flooded(double[] values, int rows, int columns) {
    List<Integer> minima = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      int at = i;
      if (neighbors(i, rows, columns).stream().allMatch(n -> values[n] > values[at])) {
        minima.add(i);
      }
    }
    double sum = 0;
    int leaves = 0;
    for (int minimum : minima) {
      double level = Double.POSITIVE_INFINITY;
      for (double candidate : values) {
        Set<Integer> basin = component(minimum, candidate, values, rows, columns);
        if (candidate < level && minima.stream().filter(basin::contains).count() > 1) {
          level = candidate;
        }
      }
      if (level < Double.POSITIVE_INFINITY) {
        sum += level - values[minimum];
        leaves++;
      }
    }
    return leaves == 0 ? 0 : sum / leaves;
  }

  private static Set<Integer> component(
      int start, double level, double[] values, int rows, int columns) {
    Set<Integer> reached = new HashSet<>();
    List<Integer> open = new ArrayList<>();
    if (values[start] <= level) {
      open.add(start);
    }
    while (!open.isEmpty()) {
      int at = open.remove(open.size() - 1);
      if (reached.add(at)) {
        neighbors(at, rows, columns).stream().filter(n -> values[n] <= level).forEach(open::add);
      }
    }
    return reached;
  }

  private static List<Integer> neighbors(int at, int rows, int columns) {
    List<Integer> all = new ArrayList<>();
    int row = at / columns;
    int column = at % columns;
    if (row > 0) {
      all.add(at - columns);
    }
    if (row + 1 < rows) {
      all.add(at + columns);
    }
    if (column > 0) {
      all.add(at - 1);
    }
    if (column + 1 < columns) {
      all.add(at + 1);
    }
    return all;
  }
}
