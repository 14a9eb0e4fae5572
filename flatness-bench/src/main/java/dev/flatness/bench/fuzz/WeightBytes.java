package dev.flatness.bench.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Damaged parameters of the first network of {@link Models}. */
final class WeightBytes {
  private static final Map<String, int[]> SHAPES = shapes();
  private static final List<String> WORDS =
      List.of("F64", "BF16", "I8", "shape", "[", "]", "{", "}", "\"", ",", "-1", "1e9", "0", "9");

  private WeightBytes() {}

  private static Map<String, int[]> shapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("fc1.weight", new int[] {5, 4});
    shapes.put("fc1.bias", new int[] {5});
    shapes.put("fc2.weight", new int[] {3, 5});
    shapes.put("fc2.bias", new int[] {3});
    return shapes;
  }

  private static int size(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return size;
  }

  private static byte[] floats(Random random, int count) {
    ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      out.putFloat(random.nextFloat());
    }
    return out.array();
  }

  static byte[] safetensors(Random random) {
    StringBuilder header = new StringBuilder("{");
    int end = 0;
    for (Map.Entry<String, int[]> entry : SHAPES.entrySet()) {
      int start = end;
      end += 4 * size(entry.getValue());
      header.append(
          "%s\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  header.length() == 1 ? "" : ",",
                  entry.getKey(),
                  java.util.Arrays.toString(entry.getValue()),
                  start,
                  end));
    }
    header.append('}');
    boolean inside = random.nextBoolean();
    String text = inside ? Mutation.text(header.toString(), WORDS, random) : header.toString();
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    byte[] whole =
        ByteBuffer.allocate(8 + json.length + end)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(floats(random, end / 4))
            .array();
    return inside ? whole : Mutation.of(whole, random);
  }

  static byte[] torch(Random random) {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(bytes("\u0080\u0002}("));
    Map<String, byte[]> entries = new LinkedHashMap<>();
    int key = 0;
    for (Map.Entry<String, int[]> entry : SHAPES.entrySet()) {
      int[] shape = entry.getValue();
      pickle.writeBytes(text(entry.getKey()));
      pickle.writeBytes(bytes("ctorch._utils\n_rebuild_tensor_v2\n(("));
      pickle.writeBytes(text("storage"));
      pickle.writeBytes(bytes("ctorch\nFloatStorage\n"));
      pickle.writeBytes(text(String.valueOf(key)));
      pickle.writeBytes(text("cpu"));
      pickle.writeBytes(number(size(shape)));
      pickle.writeBytes(bytes("tQK\u0000("));
      for (int extent : shape) {
        pickle.writeBytes(number(extent));
      }
      pickle.writeBytes(bytes("t("));
      pickle.writeBytes(shape.length == 2 ? number(shape[1]) : new byte[0]);
      pickle.writeBytes(number(1));
      pickle.writeBytes(bytes("t\u0089NtR"));
      entries.put("a/data/" + key++, floats(random, size(shape)));
    }
    pickle.writeBytes(bytes("u."));
    boolean inside = random.nextInt(4) > 0;
    byte[] body = pickle.toByteArray();
    entries.put("a/data.pkl", inside ? Mutation.of(body, random) : body);
    byte[] whole = archive(entries);
    return inside ? whole : Mutation.of(whole, random);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] text(String text) {
    return ByteBuffer.allocate(5 + text.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'X')
        .putInt(text.length())
        .put(bytes(text))
        .array();
  }

  private static byte[] number(int number) {
    return new byte[] {'K', (byte) number};
  }

  private static byte[] archive(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        header.setMethod(ZipEntry.STORED);
        header.setSize(entry.getValue().length);
        header.setCrc(crc.getValue());
        // the time of day would differ from run to run
        header.setTime(1_000_000_000_000L);
        zip.putNextEntry(header);
        zip.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A file of Keras 3 with these layers; its structure is what is to be damaged. */
  static byte[] keras(Random random) throws IOException {
    try (InputStream in = WeightBytes.class.getResourceAsStream("fc.weights.h5")) {
      byte[] seed = in.readAllBytes();
      byte[] changed = Mutation.of(seed, random);
      return random.nextBoolean() ? changed : Mutation.of(changed, random);
    }
  }
}
