package dev.flatness.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Models and data that lie beside the checkout; tests without them are skipped. */
final class Shared {
  private Shared() {}

  static Path folder(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(name);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("there is no folder shared/" + name + " beside the checkout");
  }

  /** Images as pixels from 0 to 255 in the order channel, row, column. */
  record Images(byte[] pixels, int[] labels, int channels, int side) {
    double[] sample(int index, double[] scale, double[] shift) {
      int plane = side * side;
      double[] x = new double[channels * plane];
      for (int i = 0; i < x.length; i++) {
        int pixel = pixels[index * x.length + i] & 0xff;
        x[i] = pixel * scale[i / plane % scale.length] + shift[i / plane % shift.length];
      }
      return x;
    }
  }

  static Images mnist() throws IOException {
    Path folder = folder("data").resolve("mnist");
    byte[] images = gunzip(folder.resolve("t10k-images-idx3-ubyte.gz"));
    byte[] labels = gunzip(folder.resolve("t10k-labels-idx1-ubyte.gz"));
    int count = labels.length - 8;
    byte[] pixels = java.util.Arrays.copyOfRange(images, 16, 16 + count * 784);
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = labels[8 + i];
    }
    return new Images(pixels, numbers, 1, 28);
  }

  static Images cifar() throws IOException {
    byte[] records = Files.readAllBytes(folder("data").resolve("cifar10/test.bin"));
    int count = records.length / 3073;
    byte[] pixels = new byte[count * 3072];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = records[i * 3073];
      System.arraycopy(records, i * 3073 + 1, pixels, i * 3072, 3072);
    }
    return new Images(pixels, labels, 3, 32);
  }

  private static byte[] gunzip(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
