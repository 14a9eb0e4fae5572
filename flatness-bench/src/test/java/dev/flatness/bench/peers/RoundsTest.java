package dev.flatness.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void everyPieceRunsInEveryRoundAndTheFirstChanges() {
    List<String> order = new ArrayList<>();
    Rounds rounds = new Rounds(0);
    int a = rounds.add(() -> sleepThenNote(order, "a"));
    int b = rounds.add(() -> sleepThenNote(order, "b"));
    rounds.run(2);
    assertThat(rounds.times(a)).hasSize(2);
    assertThat(rounds.times(b)).hasSize(2);
    assertThat(rounds.times(a)[0]).isGreaterThanOrEqualTo(60);
    // Three calls of each to warm up; in a round each is called once untimed and once timed.
    assertThat(String.join("", order)).isEqualTo("aaa" + "bbb" + "aabb" + "bbaa");
  }

  private static void sleepThenNote(List<String> order, String name) {
    try {
      Thread.sleep(61);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    order.add(name);
  }

  @Test
  void quantilesInterpolate() {
    double[] values = {4, 1, 3, 2};
    assertThat(Rounds.median(values)).isEqualTo(2.5);
    assertThat(Rounds.quantile(values, 0)).isEqualTo(1);
    assertThat(Rounds.quantile(values, 1)).isEqualTo(4);
    assertThat(Rounds.quantile(values, 0.25)).isEqualTo(1.75);
    assertThat(Rounds.median(new double[] {7})).isEqualTo(7);
  }
}
