package dev.flatness.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryTest {
  @Test
  void bytesAreShownInMebibytesFromOneOn() {
    assertThat(Memory.needed(0)).isEqualTo("0 bytes");
    assertThat(Memory.needed(1)).isEqualTo("1 byte");
    assertThat(Memory.needed((1 << 20) - 1)).isEqualTo("1048575 bytes");
    assertThat(Memory.needed(1 << 20)).isEqualTo("1 MiB");
    assertThat(Memory.available(1 << 20)).isEqualTo("1 MiB");
    assertThat(Memory.needed(8e18)).isEqualTo("7629394531250 MiB");
  }

  @Test
  void whatIsNeededIsMoreThanWhatIsThereInWordsToo() {
    assertThat(Memory.needed((3 << 20) + 1)).isEqualTo("4 MiB");
    assertThat(Memory.available((3 << 20) + 1)).isEqualTo("3 MiB");
    assertThat(Memory.available((4 << 20) - 1)).isEqualTo("3 MiB");
  }
}
