package dev.flatness.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made by hand, from the published formats. */
class HostileFileTest {
  @TempDir Path folder;

  private Path safetensors(String header, int bytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    return Files.write(folder.resolve("a.safetensors"), file.array());
  }

  private Path archive(byte[] pickle, Map<String, byte[]> more, int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      Map<String, byte[]> all = new LinkedHashMap<>(more);
      all.put("a/data.pkl", pickle);
      for (Map.Entry<String, byte[]> entry : all.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setMethod(method);
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        header.setSize(entry.getValue().length);
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(entry.getValue());
      }
    }
    return Files.write(folder.resolve("a.pt"), bytes.toByteArray());
  }

  private static byte[] pickle(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One tensor w of a float storage "0" with these numbers. */
  private static byte[] tensor(int count, int offset, int extent, int stride) {
    ByteBuffer out = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
    out.put(pickle("\u0080\u0002}X\u0001\u0000\u0000\u0000wctorch._utils\n_rebuild_tensor_v2\n"));
    out.put(pickle("((X\u0007\u0000\u0000\u0000storagectorch\nFloatStorage\n"));
    out.put(pickle("X\u0001\u0000\u0000\u00000X\u0003\u0000\u0000\u0000cpuJ"));
    out.putInt(count).put(pickle("tQJ")).putInt(offset).put(pickle("J")).putInt(extent);
    out.put(pickle("\u0085J")).putInt(stride).put(pickle("\u0085\u0089Nt"));
    out.put(pickle("Rs."));
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static byte[] floats(ByteOrder order, float... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(order);
    for (float value : values) {
      out.putFloat(value);
    }
    return out.array();
  }

  @Test
  void aTensorOfHandWrittenBytesIsRead() throws IOException {
    Map<String, byte[]> storage =
        Map.of("a/data/0", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5));
    Path file = archive(tensor(5, 1, 2, 3), storage, ZipEntry.STORED);

    assertThat(ParameterFile.read(file).tensors().get("w").toFloats()).containsExactly(2, 5);
  }

  /** A dictionary whose only key has the tensor's dictionary as its value. */
  private static byte[] under(String key) {
    byte[] inner = tensor(5, 1, 2, 3);
    ByteBuffer out = ByteBuffer.allocate(600).order(ByteOrder.LITTLE_ENDIAN);
    out.put(pickle("\u0080\u0002}X")).putInt(key.length()).put(pickle(key));
    out.put(inner, 2, inner.length - 3).put(pickle("s."));
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"state_dict", "model_state_dict", "model", "module", "net", "network", "other"})
  void tensorsAreFoundUnderTheNamesThatAreNamed(String key) throws IOException {
    Map<String, byte[]> storage =
        Map.of("a/data/0", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5));
    Path file = archive(under(key), storage, ZipEntry.STORED);

    if (key.equals("other")) {
      assertThatThrownBy(() -> ParameterFile.read(file))
          .hasMessageContaining(
              "only \"other\"; expected them there or under \"state_dict\", \"model_state_dict\","
                  + " \"model\", \"module\", \"net\", \"network\"");
    } else {
      assertThat(ParameterFile.read(file).tensors().get("w").toFloats()).containsExactly(2, 5);
    }
  }

  @Test
  void bigEndianStoragesAreRead() throws IOException {
    Map<String, byte[]> storage =
        Map.of(
            "a/data/0", floats(ByteOrder.BIG_ENDIAN, 1, 2, 3, 4, 5), "a/byteorder", pickle("big"));
    Path file = archive(tensor(5, 1, 2, 3), storage, ZipEntry.STORED);

    assertThat(ParameterFile.read(file).tensors().get("w").toFloats()).containsExactly(2, 5);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 4, 2, 1",
    "5, 0, 6, 1",
    "5, 0, 2, 5",
    "99, 0, 6, 1",
    "5, -1, 2, 1",
    "5, 1, 2, -1"
  })
  void tensorsOutsideTheirStorageAreRefused(int count, int offset, int extent, int stride)
      throws IOException {
    Map<String, byte[]> storage =
        Map.of("a/data/0", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5));
    Path file = archive(tensor(count, offset, extent, stride), storage, ZipEntry.STORED);

    assertThatThrownBy(() -> ParameterFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensor \"w\"")
        .hasMessageContaining("outside its storage of 5 entries");
  }

  @Test
  void anExpandedTensorTakesNoMoreThanTheFileBacks() throws IOException {
    Map<String, byte[]> storage = Map.of("a/data/0", floats(ByteOrder.LITTLE_ENDIAN, 1));
    Path file = archive(tensor(1, 0, 2_000_000_000, 0), storage, ZipEntry.STORED);

    assertThatThrownBy(() -> ParameterFile.read(file))
        .hasMessageContaining("tensor \"w\" of shape [2000000000] takes 7630 MiB");
  }

  @Test
  void compressedEntriesAreRefused() throws IOException {
    Path file =
        archive(tensor(1, 0, 1, 1), Map.of("a/data/0", new byte[1 << 20]), ZipEntry.DEFLATED);

    assertThatThrownBy(() -> ParameterFile.read(file)).hasMessageContaining("is compressed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cos|system",
        "cbuiltins|eval",
        "ctorch|load",
        "ctorch._utils|_rebuild_tensor_v3",
        "cdatetime|datetime"
      })
  void callsAreRefusedByName(String module, String name) throws IOException {
    Path file =
        archive(pickle("\u0080\u0002" + module + "\n" + name + "\n)R."), Map.of(), ZipEntry.STORED);

    assertThatThrownBy(() -> ParameterFile.read(file))
        .hasMessageContaining("\"" + module.substring(1) + "." + name + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0080\u0002X\u00ff\u00ff\u00ff\u007f", // a text of 2 GiB
        "\u0080\u0002\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
        "\u0080\u0002X\u0001\u0000\u0000\u00ff",
        "\u0080\u0002u.",
        "\u0080\u0002h\u0007.",
        "\u0080\u0002)R.",
        "\u0080\u0002Q",
        "\u0080\u0002}u",
        "cos",
        "",
        "."
      })
  void damagedPicklesAreRefused(String text) throws IOException {
    Path file = archive(pickle(text), Map.of(), ZipEntry.STORED);

    assertThatThrownBy(() -> ParameterFile.read(file))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.pt");
  }

  @Test
  void listsAreNoKeys() throws IOException {
    // hashing them would take 2^60 steps
    Path file =
        archive(
            pickle("\u0080\u0002}]" + "q\u0001]h\u0001ah\u0001a".repeat(60) + "Ns."),
            Map.of(),
            ZipEntry.STORED);

    assertThatThrownBy(() -> ParameterFile.read(file)).hasMessageContaining("a.pt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | has 8 bytes, expected 12",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,80]}} | at most to 8",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | range from 0 on",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | header names 4",
        "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}} | \"F8_E4M3\", expected F64",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | no whole number",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1e30],\"data_offsets\":[0,8]}} | no whole number",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8]}} | 2^31",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}} | lacks its dtype",
        "[] | no JSON object",
        "{\"w\": | no JSON"
      })
  void damagedSafetensorsAreRefused(String header, String message) throws IOException {
    Path file = safetensors(header, 8);

    assertThatThrownBy(() -> ParameterFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.safetensors")
        .hasMessageContaining(message);
  }

  @Test
  void overlapsAndDuplicatesAreRefused() throws IOException {
    String one = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    Path overlap = safetensors("{\"v\":" + one + ",\"w\":" + one + "}", 8);
    assertThatThrownBy(() -> ParameterFile.read(overlap))
        .hasMessageContaining("tensor \"w\" has bytes [0, 8], expected a range from 8 on");
    Path twice = safetensors("{\"w\":" + one + ",\"w\":" + one + "}", 8);
    assertThatThrownBy(() -> ParameterFile.read(twice))
        .hasMessageContaining("two tensors named \"w\"");
  }

  @Test
  void otherFilesAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("a.h5"), "no weights at all");
    assertThatThrownBy(() -> ParameterFile.read(text))
        .hasMessageContaining("neither a safetensors file nor HDF5");
  }
}
