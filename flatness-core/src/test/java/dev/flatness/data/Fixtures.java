package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Files and readings that the tests of this package share. */
final class Fixtures {
  private Fixtures() {}

  /** Copies a test resource into a folder. */
  static Path resource(Path folder, String name) {
    try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
      Path file = folder.resolve(name);
      Files.write(file, in.readAllBytes());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path write(Path folder, String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] concat(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  static byte[] bytes(int... values) {
    byte[] all = new byte[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) values[i];
    }
    return all;
  }

  static double[] inputs(Dataset data) {
    return inputs(data, 0, data.size());
  }

  static double[] inputs(Dataset data, int first, int count) {
    double[] inputs = new double[count * data.inputShape().size()];
    data.read(first, count, inputs, new double[count * data.targetSize()]);
    return inputs;
  }

  static double[] targets(Dataset data) {
    double[] targets = new double[data.size() * data.targetSize()];
    data.read(0, data.size(), new double[data.size() * data.inputShape().size()], targets);
    return targets;
  }

  /** Preprocessing that leaves integers as they are. */
  static Preprocessing raw() {
    return Preprocessing.withDefaults().withScale(1);
  }

  static void assertRefused(ThrowingCallable call, String message) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  /** The folder of shared material beside the checkout, if there is one. */
  static Optional<Path> shared(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path shared = at.resolveSibling("shared");
      if (at.getParent() != null && Files.isDirectory(shared.resolve("oracle"))) {
        return Optional.of(shared.resolve(path)).filter(Files::exists);
      }
    }
    return Optional.empty();
  }
}
