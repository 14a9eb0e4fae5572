package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleLimitTest {
  private static final long NUMBERS = 300_000_000;

  @TempDir Path folder;

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = getClass().getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  @Test
  void aSampleMayHaveAsManyNumbersAsAThirtySecondOfTheHeapHasBytes() {
    assertThatCode(() -> SampleLimit.require("f", 1 << 25, 1L << 30)).doesNotThrowAnyException();
    assertThatThrownBy(() -> SampleLimit.require("f", (1 << 25) + 1, 1L << 30))
        .hasMessage(
            "f: has samples of 33554433 numbers, but a Java heap of 1024 MiB takes at most"
                + " 33554432; check that samples are along the first axis, or give Java more heap"
                + " (FLATNESS_JAVA_OPTIONS=-Xmx8g; in Java -Xmx8g)");
  }

  @Test
  void aPackedSampleOfThreeHundredMillionNumbersIsRefusedBeforeItIsUnpacked() throws IOException {
    Assumptions.assumeTrue(Runtime.getRuntime().maxMemory() < 32 * NUMBERS);
    DataSource npz = DataSource.of(resource("bomb.npz"));
    assertThatThrownBy(() -> Datasets.open(npz, Preprocessing.withDefaults()))
        .hasMessageStartingWith(
            folder.resolve("bomb.npz") + ": array \"x\" has samples of 300000000 numbers, but");
    DataSource idx = DataSource.of(resource("bomb.gz")).withLabels(resource("lab1.idx"));
    assertThatThrownBy(() -> Datasets.open(idx, Preprocessing.withDefaults()))
        .hasMessageContaining("has samples of 300000000 numbers");
  }
}
