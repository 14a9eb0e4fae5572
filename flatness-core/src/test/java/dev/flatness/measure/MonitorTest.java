package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorTest {
  @Test
  void aPartReportsUnderItsNameAndStopsWithTheWhole() {
    List<String> heard = new ArrayList<>();
    boolean[] stop = {false};
    Monitor whole =
        new Monitor() {
          @Override
          public void update(String task, long done, long total) {
            heard.add(task + " " + done + "/" + total);
          }

          @Override
          public boolean stopped() {
            return stop[0];
          }
        };
    Monitor part = whole.as("eigenvalues of fc1").limitedTo(Duration.ofDays(1));
    part.update("eigenvalues", 3, 20);
    assertThat(heard).containsExactly("eigenvalues of fc1 3/20");
    assertThat(part.stopped()).isFalse();
    stop[0] = true;
    assertThat(part.stopped()).isTrue();
  }

  @Test
  void aTimeLimitStops() throws InterruptedException {
    Monitor limited = Monitor.NONE.limitedTo(Duration.ofNanos(1));
    Thread.sleep(1);
    assertThat(limited.stopped()).isTrue();
    assertThat(Monitor.NONE.stopped()).isFalse();
  }
}
