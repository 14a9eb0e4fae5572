package dev.flatness.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A second of every target; {@code -Dfuzz.seed=S} repeats a run. */
class FuzzTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Target.class)
  void noInputEndsOtherwiseThanInSuccessOrWords(Target target) throws IOException {
    long seed = Fuzz.seed();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (long number = 0; number == 0 || System.nanoTime() < end; number++) {
      try {
        new Trial(target, seed, number, Limits.STANDARD).run(folder);
      } catch (Trial.Fault fault) {
        throw new AssertionError(
            target.id()
                + ", input "
                + number
                + " of -Dfuzz.seed="
                + seed
                + " "
                + fault.getMessage(),
            fault);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void aSeedMakesTheSameInputs(Target target) throws IOException {
    for (long number = 0; number < 20; number++) {
      assertThat(new Trial(target, 7, number, Limits.STANDARD).input(folder))
          .isEqualTo(new Trial(target, 7, number, Limits.STANDARD).input(folder));
    }
  }

  @Test
  void aModelIsWrittenAsItWasRead() {
    for (byte[] model : Models.exported()) {
      assertThat(Wire.model(model).toByteArray()).isEqualTo(model);
      assertThat(model.length).isPositive();
    }
  }
}
