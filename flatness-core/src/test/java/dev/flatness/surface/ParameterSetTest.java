package dev.flatness.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.surface.ParameterSet.Range;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterSetTest {
  private static final Parameter FIRST =
      new Parameter(0, "a.weight", Parameter.Role.WEIGHT, Shape.of(2, 2), 0);
  private static final Parameter SECOND =
      new Parameter(1, "a.bias", Parameter.Role.BIAS, Shape.of(2), 4);
  private static final Parameter THIRD =
      new Parameter(2, "b.weight", Parameter.Role.WEIGHT, Shape.of(1, 2), 6);

  @Test
  void restrictionAndEmbeddingAreAdjoint() {
    ParameterSet set = ParameterSet.of(List.of(THIRD, FIRST, THIRD));
    assertThat(set.ranges()).containsExactly(new Range(0, 4), new Range(6, 2));
    assertThat(set.size()).isEqualTo(6);
    double[] restricted = new double[6];
    set.restrict(new double[] {0, 1, 2, 3, 4, 5, 6, 7}, restricted);
    assertThat(restricted).containsExactly(0, 1, 2, 3, 6, 7);
    double[] whole = {9, 9, 9, 9, 9, 9, 9, 9};
    set.embed(restricted, whole);
    assertThat(whole).containsExactly(0, 1, 2, 3, 9, 9, 6, 7);
  }

  @Test
  void namesAreChosenByPattern() {
    Network network =
        Network.sequential(2)
            .dense("fc1", Tensor.of(new double[6], 3, 2), Tensor.of(new double[3], 3))
            .dense("fc(2)", Tensor.of(new double[6], 2, 3), Tensor.of(new double[2], 2))
            .build();
    assertThat(ParameterSet.matching(network, "fc*.weight").ranges())
        .containsExactly(new Range(0, 6), new Range(9, 6));
    assertThat(ParameterSet.matching(network, "*.bias", "fc?.*").ranges())
        .containsExactly(new Range(0, 6), new Range(6, 3), new Range(15, 2));
    // Neither dots nor brackets mean more than themselves, and names match as a whole.
    assertThat(ParameterSet.matching(network, "fc(2).weight").ranges())
        .containsExactly(new Range(9, 6));
    for (String glob : List.of("fc1", "fc1xweight", "c1.weight", "", "fc[12].weight")) {
      assertThatThrownBy(() -> ParameterSet.matching(network, "*", glob))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "pattern \""
                  + glob
                  + "\" matches no parameter, expected one that matches some of [fc1.weight,"
                  + " fc1.bias, fc(2).weight, fc(2).bias]");
    }
    assertThatThrownBy(() -> ParameterSet.matching(network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no pattern of parameter names is given");
  }

  @Test
  void tellsWhatItContainsAndMeets() {
    ParameterSet set = new ParameterSet(List.of(new Range(0, 5)));
    assertThat(set.contains(FIRST)).isTrue();
    assertThat(set.contains(SECOND)).isFalse();
    assertThat(set.meets(SECOND)).isTrue();
    assertThat(set.meets(THIRD)).isFalse();
    assertThat(ParameterSet.all(8).contains(THIRD)).isTrue();
  }

  @Test
  void rejectsRangesThatOverlapDescendOrAreEmpty() {
    assertRefused(
        "range Range[offset=3, length=2] starts before 4 or is empty; ranges must ascend and be"
            + " disjoint",
        new Range(0, 4),
        new Range(3, 2));
    assertRefused(
        "range Range[offset=0, length=0] starts before 0 or is empty; ranges must ascend and be"
            + " disjoint",
        new Range(0, 0));
    assertRefused(
        "range Range[offset=-1, length=2] starts before 0 or is empty; ranges must ascend and be"
            + " disjoint",
        new Range(-1, 2));
  }

  @Test
  void aSurfaceRejectsRangesBeyondItsParameters() {
    Network network =
        Network.sequential(2).dense("fc", Tensor.of(new double[4], 2, 2), null).build();
    Tensor inputs = Tensor.of(new double[2], 1, 2);
    NetworkSurface surface =
        NetworkSurface.of(network, Datasets.of(inputs, 1), SoftmaxCrossEntropy.onLogits());
    ParameterSet beyond = new ParameterSet(List.of(new Range(0, 1), new Range(3, 2)));
    assertThatThrownBy(() -> surface.curvature(Curvature.HESSIAN, new double[4], beyond))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "range Range[offset=3, length=2] ends beyond the 4 entries of the parameter vector");
  }

  private static void assertRefused(String message, Range... ranges) {
    List<Range> list = List.of(ranges);
    assertThatThrownBy(() -> new ParameterSet(list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
