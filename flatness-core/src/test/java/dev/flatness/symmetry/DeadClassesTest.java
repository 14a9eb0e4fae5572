package dev.flatness.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.tensor.Tensor;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class DeadClassesTest {
  private static Network chain(
      Activation function, double[] a, double[] bias, double[] b, double[] c) {
    return Network.sequential(1)
        .dense("a", Tensor.of(a, 2, 1), bias == null ? null : Tensor.of(bias, 2))
        .activate(function)
        .dense("b", Tensor.of(b, 2, 2), null)
        .activate(function)
        .dense("c", Tensor.of(c, 1, 2), null)
        .build();
  }

  @Test
  void nothingIsDeadWhereEveryWeightCounts() {
    double[] b = {1, 2, 3, 4};
    Network network = chain(Activation.RELU, new double[] {1, 2}, null, b, new double[] {1, 1});
    DeadClasses dead = DeadClasses.of(network);
    assertThat(dead.count()).isZero();
    assertThat(dead.liveFreeCount()).isEqualTo(4);
    assertThat(dead.pruned()).isSameAs(network);
  }

  @Test
  void twoSweepsReachBothEndsOfAChainOfAnyLength() {
    var builder = Network.sequential(2);
    for (int layer = 0; layer < 2000; layer++) {
      builder.dense("fc" + layer, Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), null);
      builder.activate(Activation.RELU);
    }
    Network network = builder.build();
    ScaleClasses classes = ScaleClasses.of(network);
    BitSet reached = new BitSet();
    BitSet leading = new BitSet();
    for (int c = 0; c < classes.count(); c++) {
      reached.set(c, classes.anchors(c).contains(Anchor.INPUT));
      leading.set(c, classes.anchors(c).contains(Anchor.OUTPUT));
    }
    double[] theta = network.parameterVector();
    assertThat(DeadClasses.spreadForward(classes, network, theta, reached)).isEqualTo(2);
    assertThat(DeadClasses.spreadBackward(classes, network, theta, leading)).isEqualTo(2);
    assertThat(reached.cardinality()).isEqualTo(classes.count());
    assertThat(leading.cardinality()).isEqualTo(classes.count());
  }

  @Test
  void deathIsTransitiveAndPruningZeroesWhatTouchesIt() {
    // a[0] gets nothing, so b[0], which reads a[0] alone, is dead too.
    double[] b = {5, 0, 3, 4};
    Network network = chain(Activation.RELU, new double[] {0, 2}, null, b, new double[] {1, 1});
    DeadClasses dead = DeadClasses.of(network);
    assertThat(dead.names()).containsExactly("a[0]", "b[0]");
    assertThat(dead.toArray()).containsExactly(0, 2);
    assertThat(dead.isDead(1)).isFalse();
    assertThat(dead.liveFreeCount()).isEqualTo(2);
    assertThat(dead.pruned().parameterVector()).containsExactly(0, 2, 0, 0, 0, 4, 0, 1);
  }

  @Test
  void aBiasIsASourceAndKeepsItsUnitAlive() {
    double[] b = {5, 0, 3, 4};
    double[] bias = {1, 0};
    Network network = chain(Activation.RELU, new double[] {0, 2}, bias, b, new double[] {1, 1});
    assertThat(DeadClasses.of(network).count()).isZero();
  }

  @Test
  void aUnitThatNothingLeadsOnFromIsDead() {
    double[] b = {1, 2, 3, 4};
    Network network = chain(Activation.RELU, new double[] {1, 2}, null, b, new double[] {0, 1});
    DeadClasses dead = DeadClasses.of(network);
    assertThat(dead.names()).containsExactly("b[0]");
    assertThat(dead.pruned().parameterVector()).containsExactly(1, 2, 0, 0, 3, 4, 0, 1);
  }

  @Test
  void anActivationThatIsNotZeroAtZeroIsASource() {
    double[] b = {5, 0, 3, 4};
    double[] c = {1, 1};
    Network relu =
        Network.sequential(1)
            .dense("a", Tensor.of(new double[] {0, 2}, 2, 1), null)
            .activate(Activation.SIGMOID)
            .dense("b", Tensor.of(b, 2, 2), null)
            .relu()
            .dense("c", Tensor.of(c, 1, 2), null)
            .build();
    assertThat(DeadClasses.of(relu).count()).isZero();
  }

  @Test
  void anchoredUnitsThatNothingReachesAreNotPruned() {
    double[] b = {5, 0, 3, 4};
    Network network = chain(Activation.TANH, new double[] {0, 2}, null, b, new double[] {0, 1});
    DeadClasses dead = DeadClasses.of(network);
    assertThat(dead.count()).isZero();
    assertThat(dead.liveFreeCount()).isZero();
    assertThat(dead.pruned()).isSameAs(network);
    assertThat(Gauge.minimumNorm(network).parameterVector()).isEqualTo(network.parameterVector());
  }

  @Test
  void aFreeUnitBehindAnAnchoredOneThatNothingReachesIsDead() {
    Network network =
        Network.sequential(1)
            .dense("a", Tensor.of(new double[] {0, 2}, 2, 1), null)
            .activate(Activation.TANH)
            .dense("b", Tensor.of(new double[] {5, 0, 3, 4}, 2, 2), null)
            .relu()
            .dense("c", Tensor.of(new double[] {1, 1}, 1, 2), null)
            .build();
    DeadClasses dead = DeadClasses.of(network);
    assertThat(dead.names()).containsExactly("b[0]");
    assertThat(dead.pruned().parameterVector()).containsExactly(0, 2, 0, 0, 3, 4, 0, 1);
  }
}
