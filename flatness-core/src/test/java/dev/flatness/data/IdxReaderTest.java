package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
  private static final String DAMAGED = "; the file is truncated or damaged, copy it again";
  private static final byte[] IMAGES =
      Fixtures.bytes(
          0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 255, 9, 8, 7, 6, 5, 4);
  private static final byte[] LABELS = Fixtures.bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 3);

  @TempDir Path folder;

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private DataSource source(byte[] images, byte[] labels) {
    return DataSource.of(Fixtures.write(folder, "images", images))
        .withLabels(Fixtures.write(folder, "labels", labels));
  }

  private FileDataset open(byte[] images, byte[] labels) {
    return Datasets.open(source(images, labels), Fixtures.raw());
  }

  private void assertImagesRefused(byte[] images, String message) {
    Fixtures.assertRefused(() -> open(images, LABELS), folder.resolve("images") + ": " + message);
  }

  @Test
  void readsImagesAndLabelsPlainOrGzip() {
    for (byte[] images : new byte[][] {IMAGES, gzip(IMAGES)}) {
      for (byte[] labels : new byte[][] {LABELS, gzip(LABELS)}) {
        try (FileDataset data = open(images, labels)) {
          assertThat(data.size()).isEqualTo(2);
          assertThat(data.inputShape()).isEqualTo(Shape.of(2, 3));
          assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
          assertThat(Fixtures.inputs(data)).containsExactly(0, 1, 2, 3, 4, 255, 9, 8, 7, 6, 5, 4);
          assertThat(Fixtures.targets(data)).containsExactly(7, 3);
        }
      }
    }
  }

  @Test
  void readsEveryIdxElementTypeBigEndian() {
    byte[][] elements = {
      Fixtures.bytes(0, 0, 0x08, 1, 0, 0, 0, 1, 0xfe),
      Fixtures.bytes(0, 0, 0x09, 1, 0, 0, 0, 1, 0xfe),
      Fixtures.bytes(0, 0, 0x0B, 1, 0, 0, 0, 1, 0xff, 0xfe),
      Fixtures.bytes(0, 0, 0x0C, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe),
      Fixtures.bytes(0, 0, 0x0D, 1, 0, 0, 0, 1, 0xbf, 0xc0, 0, 0),
      Fixtures.bytes(0, 0, 0x0E, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0)
    };
    double[] expected = {254, -2, -2, -2, -1.5, -1.5};
    byte[] label = Fixtures.bytes(0, 0, 8, 1, 0, 0, 0, 1, 0);
    for (int i = 0; i < elements.length; i++) {
      try (FileDataset data = open(elements[i], label)) {
        assertThat(Fixtures.inputs(data)).containsExactly(expected[i]);
      }
    }
  }

  @Test
  void takesFloatingPointLabelsAsRealTargets() {
    byte[] targets = Fixtures.bytes(0, 0, 0x0D, 1, 0, 0, 0, 2, 0xbf, 0xc0, 0, 0, 0x3f, 0x80, 0, 0);
    try (FileDataset data = open(IMAGES, targets)) {
      assertThat(data.targetKind()).isEqualTo(TargetKind.REAL);
      assertThat(Fixtures.targets(data)).containsExactly(-1.5, 1);
    }
  }

  @Test
  void refusesImagesWithoutLabels() {
    Path images = Fixtures.write(folder, "images", IMAGES);
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(images), Fixtures.raw()),
        images + ": holds no labels; name the file of its labels (--labels FILE)");
    Path labels = Fixtures.write(folder, "labels", LABELS);
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(labels), Fixtures.raw()),
        labels + ": holds labels, no samples; give it as the label file (--labels)");
  }

  @Test
  void refusesImagesAndLabelsExchanged() {
    Fixtures.assertRefused(
        () -> open(LABELS, IMAGES),
        folder.resolve("images")
            + ": holds one number a sample and "
            + folder.resolve("labels")
            + " 6; exchange the data file and the label file");
  }

  @Test
  void refusesCountsThatDiffer() {
    Fixtures.assertRefused(
        () -> open(IMAGES, Fixtures.bytes(0, 0, 8, 1, 0, 0, 0, 3, 7, 3, 1)),
        folder.resolve("labels")
            + ": has 3 targets, but "
            + folder.resolve("images")
            + " has 2 samples; give files of the same samples");
  }

  @Test
  void refusesTruncatedAndOverlongFiles() {
    assertImagesRefused(
        Arrays.copyOf(IMAGES, 20),
        "has 20 bytes, but its IDX header of shape [2, 2, 3] makes 28" + DAMAGED);
    assertImagesRefused(
        Arrays.copyOf(IMAGES, 30),
        "has 30 bytes, but its IDX header of shape [2, 2, 3] makes 28" + DAMAGED);
    assertImagesRefused(Arrays.copyOf(IMAGES, 10), "ends inside its IDX header" + DAMAGED);
    assertImagesRefused(
        gzip(Arrays.copyOf(IMAGES, 20)),
        "ends 8 bytes early; the file is damaged, copy or save it again");
    assertImagesRefused(
        gzip(Arrays.copyOf(IMAGES, 30)),
        "goes on beyond the 12 bytes of elements that its IDX header describes" + DAMAGED);
  }

  @Test
  void refusesDamagedGzip() {
    byte[] packed = gzip(IMAGES);
    assertImagesRefused(
        Arrays.copyOf(packed, packed.length - 10),
        "its gzip data end early or are damaged" + DAMAGED);
    byte[] flipped = packed.clone();
    flipped[packed.length - 6] ^= 1;
    assertImagesRefused(flipped, "its gzip data end early or are damaged" + DAMAGED);
    assertImagesRefused(
        gzip("some text".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        "does not begin as an IDX array: two zero bytes, a type 08 09 0b 0c 0d or 0e, a number of"
            + " axes up to 8; give IDX images or labels, gzip or not");
  }

  @Test
  void refusesHeadersThatAnnounceMoreThanTheFileCanHold() {
    byte[] huge =
        Fixtures.bytes(0, 0, 8, 3, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0x10, 0, 0, 0, 0x10, 0, 1, 2);
    assertImagesRefused(
        huge,
        "has 18 bytes, but its IDX header of shape [2147483647, 4096, 4096] makes"
            + " 36028797002186768"
            + DAMAGED);
    byte[] packed = gzip(huge);
    assertImagesRefused(
        packed,
        "has "
            + packed.length
            + " packed bytes, but its IDX header of shape [2147483647, 4096, 4096] describes"
            + " 36028797002186752, which gzip cannot"
            + DAMAGED);
  }

  @Test
  void refusesExtentsOutOfRange() {
    assertImagesRefused(
        Fixtures.bytes(0, 0, 8, 2, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0),
        "has an IDX header with extent 4294967295 at axis 1, expected at least 1 and less than 2³¹"
            + " numbers in a sample"
            + DAMAGED);
    assertImagesRefused(
        Fixtures.bytes(0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 2),
        "has an IDX header with extent 0 at axis 0, expected at least 1 and less than 2³¹ numbers"
            + " in a sample"
            + DAMAGED);
    assertImagesRefused(
        Fixtures.bytes(0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0),
        "has an IDX header with extent 65536 at axis 2, expected at least 1 and less than 2³¹"
            + " numbers in a sample"
            + DAMAGED);
  }

  @Test
  void readsTheMnistTestDigits() {
    Path images = Fixtures.shared("data/mnist/t10k-images-idx3-ubyte.gz").orElse(null);
    Assumptions.assumeTrue(images != null, "MNIST is not beside the checkout");
    DataSource source =
        DataSource.of(images).withLabels(images.resolveSibling("t10k-labels-idx1-ubyte.gz"));
    try (FileDataset data = Datasets.open(source, Shape.of(1, 28, 28), Fixtures.raw())) {
      assertThat(data.size()).isEqualTo(10_000);
      assertThat(data.inputShape()).isEqualTo(Shape.of(1, 28, 28));
      assertThat(data.notes())
          .containsExactly("samples [28, 28] fed as [1, 28, 28]: an axis of size 1 added");
      double[] targets = Fixtures.targets(data);
      assertThat(Arrays.copyOf(targets, 5)).containsExactly(7, 2, 1, 0, 4);
      int[] counts = new int[10];
      for (double target : targets) {
        counts[(int) target]++;
      }
      assertThat(counts).containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
      // the mean pixel of the test digits is known to be 33.79
      assertThat(Arrays.stream(Fixtures.inputs(data)).average().orElseThrow())
          .isBetween(33.785, 33.80);
    }
  }
}
