package dev.flatness.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.flatness.internal.text.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads safetensors files: eight bytes with the length of a header in JSON, the header, and the
 * entries of all tensors one after the other, little endian.
 */
final class SafetensorsReader {
  private static final int LONGEST_HEADER = 100_000_000;
  private static final String DAMAGED = "; the file is damaged, copy or save it again";

  private final byte[] bytes;
  private final Contents contents;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** A tensor as the header has it. */
  private record Entry(String name, String type, List<Long> shape, List<Long> range) {}

  SafetensorsReader(byte[] bytes, Contents contents) {
    this.bytes = bytes;
    this.contents = contents;
  }

  void read() {
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > Math.min(bytes.length - 8, LONGEST_HEADER)) {
      throw Contents.refused(
          "it says that its header has "
              + Long.toUnsignedString(length)
              + " bytes, expected at least 2, and no more than the "
              + Math.min(bytes.length - 8, LONGEST_HEADER)
              + (bytes.length - 8 <= LONGEST_HEADER ? " that follow" : " that are read")
              + DAMAGED);
    }
    int start = 8 + (int) length;
    try (JsonParser json = new JsonFactory().createParser(bytes, 8, (int) length)) {
      header(json);
    } catch (IOException e) {
      throw Contents.refused("its header is no JSON" + DAMAGED);
    }
    requireRanges(bytes.length - start);
    ByteBuffer data =
        ByteBuffer.wrap(bytes, start, bytes.length - start).slice().order(ByteOrder.LITTLE_ENDIAN);
    entries.forEach(entry -> tensor(entry, data));
  }

  private void header(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw Contents.refused("its header is no JSON object" + DAMAGED);
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw Contents.refused("its header has no object for " + Contents.quoted(name) + DAMAGED);
      }
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else {
        if (!names.add(name)) {
          throw Contents.refused("holds two tensors named " + Contents.quoted(name) + DAMAGED);
        }
        entries.add(entry(name, json));
      }
    }
  }

  private static Entry entry(String name, JsonParser json) throws IOException {
    String type = null;
    List<Long> shape = null;
    List<Long> range = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      JsonToken token = json.nextToken();
      if (field.equals("dtype") && token == JsonToken.VALUE_STRING && type == null) {
        type = json.getText();
      } else if (field.equals("shape") && token == JsonToken.START_ARRAY && shape == null) {
        shape = numbers(name, json);
      } else if (field.equals("data_offsets") && token == JsonToken.START_ARRAY && range == null) {
        range = numbers(name, json);
      } else {
        throw Contents.refused(
            "tensor "
                + Contents.quoted(name)
                + " has a field "
                + Contents.quoted(field)
                + " that does not fit, expected dtype, shape and data_offsets, one of each"
                + DAMAGED);
      }
    }
    if (type == null || shape == null || range == null || range.size() != 2) {
      throw Contents.refused(
          "tensor "
              + Contents.quoted(name)
              + " lacks its dtype, its shape or its two data_offsets"
              + DAMAGED);
    }
    return new Entry(name, type, shape, range);
  }

  private static List<Long> numbers(String name, JsonParser json) throws IOException {
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getLongValue() < 0) {
        throw Contents.refused(
            "tensor "
                + Contents.quoted(name)
                + " has an extent or offset that is no whole number from 0 to 2^63 - 1"
                + DAMAGED);
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  /** Ranges must lie in the file, one after the other, without holes. */
  private void requireRanges(long available) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.<Entry>comparingLong(entry -> entry.range.get(0))
            .thenComparingLong(entry -> entry.range.get(1)));
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.range.get(0) != end || entry.range.get(1) < end || entry.range.get(1) > available) {
        throw Contents.refused(
            "tensor "
                + Contents.quoted(entry.name)
                + " has bytes "
                + entry.range
                + ", expected a range from "
                + end
                + " on, at most to "
                + available
                + DAMAGED);
      }
      end = entry.range.get(1);
    }
    if (end != available) {
      throw Contents.refused(
          "it has " + available + " bytes of tensors, but its header names " + end + DAMAGED);
    }
  }

  private void tensor(Entry entry, ByteBuffer data) {
    ElementType type =
        switch (entry.type) {
          case "F64" -> ElementType.FLOAT64;
          case "F32" -> ElementType.FLOAT32;
          case "F16" -> ElementType.FLOAT16;
          case "BF16" -> ElementType.BFLOAT16;
          case "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL" -> ElementType.WHOLE;
          default ->
              throw Contents.refused(
                  "tensor "
                      + Contents.quoted(entry.name)
                      + " has element type "
                      + Contents.quoted(entry.type)
                      + ", expected F64, F32, F16 or BF16; save it unquantized");
        };
    if (type == ElementType.WHOLE) {
      contents.leaveOut(entry.name);
      return;
    }
    int[] extents = contents.extents(entry.name, entry.shape);
    Positions positions = Positions.rowMajor(extents);
    long length = entry.range.get(1) - entry.range.get(0);
    if (length != (long) type.bytes() * positions.size()) {
      throw Contents.refused(
          "tensor "
              + Contents.quoted(entry.name)
              + " has "
              + length
              + " bytes, expected "
              + (long) type.bytes() * positions.size()
              + " for "
              + Printable.cut(entry.type)
              + " "
              + entry.shape
              + DAMAGED);
    }
    ByteBuffer own =
        data.slice(entry.range.get(0).intValue(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    contents.add(entry.name, type, own, positions, extents);
  }
}
