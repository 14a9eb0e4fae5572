package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written comes back, whatever its type, order, packing and size. */
class StoredArrayTest {
  @TempDir Path folder;

  @Provide
  Arbitrary<List<Integer>> shapes() {
    return Arbitraries.integers().between(1, 5).list().ofMinSize(1).ofMaxSize(4);
  }

  @Property(tries = 300)
  void arraysComeBackInEveryTypeOrderAndPacking(
      @ForAll("shapes") List<Integer> extents,
      @ForAll @IntRange(min = 0, max = 11) int type,
      @ForAll boolean little,
      @ForAll boolean columnMajor,
      @ForAll boolean deflated,
      @ForAll long seed)
      throws IOException {
    int[] shape = extents.stream().mapToInt(Integer::intValue).toArray();
    int size = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    Random random = new Random(seed);
    String code = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split(" ")[type];
    double[] values = new double[size];
    ByteBuffer out =
        ByteBuffer.allocate(8 * size)
            .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    for (int at : order(shape, columnMajor)) {
      values[at] = put(out, code, random);
    }
    String descr = (code.endsWith("1") ? "|" : little ? "<" : ">") + code;
    byte[] x = NpyBytes.npy(descr, columnMajor, Arrays.copyOf(out.array(), out.position()), shape);
    byte[] y = NpyBytes.labels(new int[shape[0]]);
    Path file = Files.createTempFile("array", ".npz");
    try {
      Files.write(file, NpyBytes.npz(deflated, new String[] {"x.npy", "y.npy"}, x, y));
      try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
        assertThat(data.inputShape())
            .isEqualTo(
                shape.length == 1
                    ? Shape.of(1)
                    : Shape.of(Arrays.copyOfRange(shape, 1, shape.length)));
        assertThat(Fixtures.inputs(data)).isEqualTo(values);
        int width = size / shape[0];
        int first = random.nextInt(shape[0]);
        int count = random.nextInt(shape[0] - first) + 1;
        assertThat(Fixtures.inputs(data, first, count))
            .isEqualTo(Arrays.copyOfRange(values, first * width, (first + count) * width));
      }
    } finally {
      Files.delete(file);
    }
  }

  /** Row-major positions in the order in which a file holds them. */
  private static int[] order(int[] shape, boolean columnMajor) {
    int size = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    int[] order = new int[size];
    for (int at = 0; at < size; at++) {
      int rest = at;
      int column = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        int stride = IntStream.of(shape).limit(axis).reduce(1, (a, b) -> a * b);
        column += rest % shape[axis] * stride;
        rest /= shape[axis];
      }
      order[columnMajor ? column : at] = at;
    }
    return order;
  }

  /** Writes a random number of a type and returns it. */
  private static double put(ByteBuffer out, String code, Random random) {
    switch (code) {
      case "b1" -> {
        int value = random.nextInt(2);
        out.put((byte) value);
        return value;
      }
      case "i1", "u1" -> {
        byte value = (byte) random.nextInt();
        out.put(value);
        return code.equals("i1") ? value : Byte.toUnsignedInt(value);
      }
      case "i2", "u2" -> {
        short value = (short) random.nextInt();
        out.putShort(value);
        return code.equals("i2") ? value : Short.toUnsignedInt(value);
      }
      case "i4", "u4" -> {
        int value = random.nextInt();
        out.putInt(value);
        return code.equals("i4") ? value : Integer.toUnsignedLong(value);
      }
      case "i8" -> {
        long value = random.nextLong();
        out.putLong(value);
        return value;
      }
      case "u8" -> {
        long value = random.nextLong();
        out.putLong(value);
        return new java.math.BigDecimal(Long.toUnsignedString(value)).doubleValue();
      }
      case "f2" -> {
        // a sign, 1 ≤ significand < 2, an exponent in binary16's range
        int significand = random.nextInt(1024);
        int exponent = random.nextInt(30) + 1;
        boolean negative = random.nextBoolean();
        out.putShort((short) ((negative ? 0x8000 : 0) | exponent << 10 | significand));
        return (negative ? -1 : 1) * (1 + significand / 1024.0) * Math.pow(2, exponent - 15);
      }
      case "f4" -> {
        float value = (float) random.nextGaussian();
        out.putFloat(value);
        return value;
      }
      default -> {
        double value = random.nextGaussian();
        out.putDouble(value);
        return value;
      }
    }
  }

  @Test
  void readsSamplesLongerThanABlockAndRangesLongerThanABlock() {
    for (boolean columnMajor : new boolean[] {false, true}) {
      for (int[] shape : new int[][] {{3, 20_000}, {20_000, 3}}) {
        double[] values = new Random(1).doubles(60_000).toArray();
        ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int at : order(shape, columnMajor)) {
          out.putDouble(values[at]);
        }
        byte[] x = NpyBytes.npy("<f8", columnMajor, out.array(), shape);
        Path file =
            Fixtures.write(folder, "long.npz", NpyBytes.npz(x, NpyBytes.labels(new int[shape[0]])));
        try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
          assertThat(Fixtures.inputs(data)).isEqualTo(values);
          assertThat(Fixtures.inputs(data, 1, 2))
              .isEqualTo(Arrays.copyOfRange(values, shape[1], 3 * shape[1]));
        }
      }
    }
  }

  @Test
  void givesTheSameSamplesToManyThreadsAtOnce() {
    int n = 2000;
    double[] values = new Random(2).doubles(n * 10).toArray();
    byte[] x = NpyBytes.doubles(values, n, 10);
    Path file = Fixtures.write(folder, "x.npz", NpyBytes.npz(x, NpyBytes.labels(new int[n])));
    try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
      assertThat(
              IntStream.range(0, 4000)
                  .parallel()
                  .allMatch(
                      i -> {
                        int first = i * 7 % (n - 20);
                        double[] expected =
                            Arrays.copyOfRange(values, first * 10, first * 10 + 200);
                        return Arrays.equals(Fixtures.inputs(data, first, 20), expected);
                      }))
          .isTrue();
    }
  }

  @Test
  void spoolsBeyondItsLimitIntoAFileThatVanishes() {
    byte[] content = new byte[300_000];
    new Random(3).nextBytes(content);
    for (int limit : new int[] {1 << 16, 200_000, 1 << 20}) {
      Spool spool = new Spool(limit);
      for (int at = 0; at < content.length; at += 70_000) {
        spool.write(content, at, Math.min(70_000, content.length - at));
      }
      Bytes finished = spool.finish();
      try (Bytes bytes = finished) {
        assertThat(bytes.length()).isEqualTo(content.length);
        assertThat(bytes instanceof Bytes.Channel).isEqualTo(limit < content.length);
        byte[] back = new byte[content.length];
        bytes.read(0, back, 0, back.length);
        assertThat(back).isEqualTo(content);
        bytes.read(12_345, back, 5, 100);
        assertThat(Arrays.copyOfRange(back, 5, 105))
            .isEqualTo(Arrays.copyOfRange(content, 12_345, 12_445));
      }
      if (finished instanceof Bytes.Channel channel) {
        assertThat(Path.of(channel.name())).doesNotExist();
      }
    }
  }

  @Test
  void findsEntriesOfZip64Archives() {
    byte[] x = NpyBytes.doubles(1, 2);
    byte[] npz = NpyBytes.npz(x, NpyBytes.labels(0, 1));
    Path file = Fixtures.write(folder, "zip64.npz", zip64(npz));
    try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw())) {
      assertThat(Fixtures.inputs(data)).containsExactly(1, 2);
      assertThat(Fixtures.targets(data)).containsExactly(0, 1);
    }
  }

  /** The same archive with sizes and positions moved into zip64 fields and records. */
  private static byte[] zip64(byte[] zip) {
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int end = zip.length - 22;
    int directory = in.getInt(end + 16);
    ByteBuffer out = ByteBuffer.allocate(zip.length + 500).order(ByteOrder.LITTLE_ENDIAN);
    out.put(zip, 0, directory);
    int at = directory;
    while (at < end) {
      int name = in.getShort(at + 28);
      int start = out.position();
      out.put(zip, at, 46 + name);
      out.putShort(start + 30, (short) 28);
      out.putInt(start + 20, -1).putInt(start + 24, -1).putInt(start + 42, -1);
      out.putShort((short) 1).putShort((short) 24);
      out.putLong(in.getInt(at + 24)).putLong(in.getInt(at + 20)).putLong(in.getInt(at + 42));
      at += 46 + name + in.getShort(at + 30) + in.getShort(at + 32);
    }
    int end64 = out.position();
    out.putInt(0x06064b50).putLong(44).putInt(0x2d002d).putInt(0).putInt(0);
    out.putLong(2).putLong(2).putLong(end64 - directory).putLong(directory);
    out.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
    out.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
    return Arrays.copyOf(out.array(), out.position());
  }
}
