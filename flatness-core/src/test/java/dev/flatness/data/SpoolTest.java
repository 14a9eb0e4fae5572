package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final String PROPERTY = "java.io.tmpdir";

  @TempDir private Path folder;
  private String before;

  @BeforeEach
  void useTheFolder() {
    before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, folder.toString());
  }

  @AfterEach
  void restore() {
    System.setProperty(PROPERTY, before);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theFileHasNoNameThatAKillCouldLeaveBehind() throws IOException {
    byte[] block = new byte[Bytes.BLOCK];
    Spool spool = new Spool(Bytes.BLOCK);
    for (int i = 0; i < 4; i++) {
      block[0] = (byte) i;
      spool.write(block, 0, block.length);
    }
    assertThat(folder).isEmptyDirectory();
    try (Bytes bytes = spool.finish()) {
      assertThat(bytes.length()).isEqualTo(4L * Bytes.BLOCK);
      byte[] one = new byte[1];
      bytes.read(3L * Bytes.BLOCK, one, 0, 1);
      assertThat(one[0]).isEqualTo((byte) 3);
    }
  }

  @Test
  void aTemporaryFolderThatTakesNothingIsNamedWithTheRemedy() {
    Path missing = folder.resolve("missing");
    System.setProperty(PROPERTY, missing.toString());
    Spool spool = new Spool(Bytes.BLOCK);
    byte[] block = new byte[Bytes.BLOCK];
    spool.write(block, 0, block.length);
    assertThatThrownBy(() -> spool.write(block, 0, block.length))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "unpacked data do not go into the temporary folder "
                + missing
                + ": no such file or folder; free space there or name another folder with"
                + " -Djava.io.tmpdir=DIR (for the command in FLATNESS_JAVA_OPTIONS)");
  }
}
