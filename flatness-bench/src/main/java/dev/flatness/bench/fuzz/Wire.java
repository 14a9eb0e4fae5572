package dev.flatness.bench.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A protobuf message as a tree of fields, read and written by hand so that what no library would
 * write can be written, too. Which fields are messages is known for ONNX models.
 */
final class Wire {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** For each kind of message the kinds of its fields that are messages. */
  private static final Map<String, Map<Integer, String>> MESSAGES =
      Map.of(
          "model", Map.of(7, "graph", 8, "opset", 14, "entry"),
          "graph", Map.of(1, "node", 5, "tensor", 11, "value", 12, "value", 13, "value"),
          "node", Map.of(5, "attribute"),
          "attribute", Map.of(5, "tensor", 6, "graph"),
          "tensor", Map.of(13, "entry"),
          "value", Map.of(2, "type"),
          "type", Map.of(1, "tensorType"),
          "tensorType", Map.of(2, "shape"),
          "shape", Map.of(1, "dimension"));

  private final String kind;
  private final List<Field> fields = new ArrayList<>();

  /** One field: a number, bytes, or a message. */
  private static final class Field {
    int number;
    int type;
    long value;
    byte[] bytes;
    Wire message;

    Field copy() {
      Field copy = new Field();
      copy.number = number;
      copy.type = type;
      copy.value = value;
      copy.bytes = bytes;
      copy.message = message == null ? null : message.copy();
      return copy;
    }
  }

  Wire(String kind) {
    this.kind = kind;
  }

  private Wire copy() {
    Wire copy = new Wire(kind);
    fields.forEach(field -> copy.fields.add(field.copy()));
    return copy;
  }

  /** Reads a well-formed model. */
  static Wire model(byte[] bytes) {
    return read("model", ByteBuffer.wrap(bytes));
  }

  private static Wire read(String kind, ByteBuffer in) {
    Wire wire = new Wire(kind);
    while (in.hasRemaining()) {
      long tag = varint(in);
      Field field = new Field();
      field.number = (int) (tag >> 3);
      field.type = (int) (tag & 7);
      if (field.type == VARINT) {
        field.value = varint(in);
      } else {
        int size =
            field.type == BYTES
                ? (int) varint(in)
                : field.type == FIXED64 ? Long.BYTES : Float.BYTES;
        field.bytes = new byte[size];
        in.get(field.bytes);
        String message = MESSAGES.getOrDefault(kind, Map.of()).get(field.number);
        if (field.type == BYTES && message != null) {
          field.message = read(message, ByteBuffer.wrap(field.bytes));
        }
      }
      wire.fields.add(field);
    }
    return wire;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  Wire number(int number, long value) {
    Field field = new Field();
    field.number = number;
    field.value = value;
    fields.add(field);
    return this;
  }

  Wire text(int number, String text) {
    return bytes(number, text.getBytes(StandardCharsets.UTF_8));
  }

  Wire bytes(int number, byte[] bytes) {
    Field field = new Field();
    field.number = number;
    field.type = BYTES;
    field.bytes = bytes;
    fields.add(field);
    return this;
  }

  Wire message(int number, Wire message) {
    bytes(number, new byte[0]);
    fields.get(fields.size() - 1).message = message;
    return this;
  }

  byte[] toByteArray() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      varint(out, (long) field.number << 3 | field.type);
      if (field.type == VARINT) {
        varint(out, field.value);
      } else {
        byte[] bytes = field.message == null ? field.bytes : field.message.toByteArray();
        if (field.type == BYTES) {
          varint(out, bytes.length);
        }
        out.writeBytes(bytes);
      }
    }
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** Changes one field somewhere; texts become one of some words or another text of the message. */
  void mutate(Random random, List<String> words) {
    List<Wire> all = new ArrayList<>();
    collect(all);
    all.removeIf(wire -> wire.fields.isEmpty());
    if (all.isEmpty()) {
      return;
    }
    Wire at = Mutation.one(random, all);
    int index = random.nextInt(at.fields.size());
    Field field = at.fields.get(index);
    switch (random.nextInt(9)) {
      case 0:
        at.fields.add(random.nextInt(at.fields.size() + 1), field.copy());
        break;
      case 1:
        at.fields.remove(index);
        break;
      case 2:
        at.fields.add(random.nextInt(at.fields.size()), at.fields.remove(index));
        break;
      case 3:
        graft(Mutation.one(random, all), field, random);
        break;
      default:
        at.change(field, random, words, all);
    }
  }

  /** Puts a copy of a message where one of its kind stands. */
  private static void graft(Wire into, Field field, Random random) {
    boolean fits =
        field.message != null
            && field.message.kind.equals(
                MESSAGES.getOrDefault(into.kind, Map.of()).get(field.number));
    if (fits) {
      into.fields.add(random.nextInt(into.fields.size() + 1), field.copy());
    }
  }

  private void change(Field field, Random random, List<String> words, List<Wire> all) {
    if (field.type == VARINT) {
      field.value = Mutation.number(random);
    } else if (field.message != null) {
      field.message.mutate(random, words);
    } else if (kind.equals("tensor") && Set.of(4, 5, 7, 9, 10, 11).contains(field.number)
        || field.type != BYTES) {
      field.bytes = Mutation.of(field.bytes, random);
      field.bytes =
          field.type == BYTES
              ? field.bytes
              : java.util.Arrays.copyOf(field.bytes, field.type == FIXED64 ? 8 : 4);
    } else {
      Wire other = Mutation.one(random, all);
      Field text = Mutation.one(random, other.fields);
      field.bytes =
          text.type == BYTES && text.message == null && random.nextBoolean()
              ? text.bytes
              : Mutation.one(random, words).getBytes(StandardCharsets.UTF_8);
    }
  }

  private void collect(List<Wire> into) {
    into.add(this);
    for (Field field : fields) {
      if (field.message != null) {
        field.message.collect(into);
      }
    }
  }
}
