package dev.flatness.weights;

import dev.flatness.weights.TensorUnpickler.Storage;
import dev.flatness.weights.TensorUnpickler.View;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads archives of {@code torch.save}: a pickle and the numbers of each storage. */
final class TorchReader {
  private static final String PICKLE = "data.pkl";
  private static final List<String> NESTED =
      List.of("state_dict", "model_state_dict", "model", "module", "net", "network");
  private static final String DAMAGED = "; the file is damaged, copy or save it again";

  private final Path file;
  private final long fileBytes;
  private final Contents contents;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
  private final Map<String, byte[]> storages = new HashMap<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private String folder = "";

  TorchReader(Path file, long fileBytes, Contents contents) {
    this.file = file;
    this.fileBytes = fileBytes;
    this.contents = contents;
  }

  void read() {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      index(zip);
      order = order(zip);
      Object root = TensorUnpickler.read(bytes(zip, folder + PICKLE));
      if (!(root instanceof Map<?, ?> map)) {
        throw Contents.refused(
            "it holds no dictionary; save the state dictionary of the model:"
                + " torch.save(model.state_dict(), file)");
      }
      for (Map.Entry<?, ?> entry : chosen(map).entrySet()) {
        if (entry.getKey() instanceof String name && entry.getValue() instanceof View view) {
          tensor(zip, name, view);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw Contents.refused("its zip archive cannot be read" + DAMAGED);
    }
  }

  private void index(ZipFile zip) {
    double total = 0;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      if (entries.put(entry.getName(), entry) != null) {
        throw Contents.refused(
            "holds two entries named " + Contents.quoted(entry.getName()) + DAMAGED);
      }
      if (entry.getMethod() == ZipEntry.STORED) {
        total += entry.getSize();
      }
    }
    List<String> pickles =
        entries.keySet().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (entries.containsKey("model.weights.h5")) {
      throw Contents.refused(
          "it is a .keras archive; unzip model.weights.h5 out of it and name that");
    } else if (pickles.isEmpty()) {
      throw Contents.refused(
          "it is a zip archive without data.pkl, so torch.save did not write it; save the state"
              + " dictionary of the model: torch.save(model.state_dict(), file)");
    } else if (pickles.size() > 1) {
      throw Contents.refused(
          "it holds " + pickles.size() + " pickles named data.pkl, expected one" + DAMAGED);
    } else if (total > fileBytes) {
      throw Contents.refused("its zip entries overlap" + DAMAGED);
    }
    String pickle = pickles.get(0);
    folder = pickle.substring(0, pickle.length() - PICKLE.length());
    if (entries.containsKey(folder + "constants.pkl")) {
      throw Contents.refused(
          "it is a TorchScript program; save its parameters in Python:"
              + " torch.save(torch.jit.load(file).state_dict(), other)");
    }
  }

  private ByteOrder order(ZipFile zip) throws IOException {
    if (!entries.containsKey(folder + "byteorder")) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    String text = new String(bytes(zip, folder + "byteorder"), StandardCharsets.ISO_8859_1).strip();
    return switch (text) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw Contents.refused(
              "its byte order is " + Contents.quoted(text) + ", expected little or big" + DAMAGED);
    };
  }

  private byte[] bytes(ZipFile zip, String name) throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw Contents.refused("it has no entry " + Contents.quoted(name) + DAMAGED);
    }
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw Contents.refused(
          "its entry "
              + Contents.quoted(name)
              + " is compressed, expected stored as torch.save does; save it again");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) Math.min(entry.getSize(), fileBytes));
      if (bytes.length != entry.getSize()) {
        throw Contents.refused("its entry " + Contents.quoted(name) + " is cut off" + DAMAGED);
      }
      return bytes;
    }
  }

  /** The dictionary with the parameters, which checkpoints keep under a name. */
  private Map<?, ?> chosen(Map<?, ?> root) {
    for (String name : NESTED) {
      if (root.get(name) instanceof Map<?, ?> inner && holdsTensors(inner)) {
        contents.note(
            "the tensors are those under \""
                + name
                + "\" of the checkpoint; the rest of it was left out");
        return inner;
      }
    }
    if (!holdsTensors(root)) {
      List<String> keys = new ArrayList<>();
      root.keySet().stream()
          .limit(8)
          .forEach(key -> keys.add(Contents.quoted(String.valueOf(key))));
      throw Contents.refused(
          "its dictionary holds no tensors, only "
              + String.join(", ", keys)
              + "; expected them there or under "
              + String.join(", ", NESTED.stream().map(Contents::quoted).toList()));
    }
    return root;
  }

  private static boolean holdsTensors(Map<?, ?> map) {
    return map.entrySet().stream()
        .anyMatch(e -> e.getKey() instanceof String && e.getValue() instanceof View);
  }

  private void tensor(ZipFile zip, String name, View view) throws IOException {
    ElementType type =
        switch (view.storage().type()) {
          case "Double" -> ElementType.FLOAT64;
          case "Float" -> ElementType.FLOAT32;
          case "Half" -> ElementType.FLOAT16;
          case "BFloat16" -> ElementType.BFLOAT16;
          case "Long", "Int", "Short", "Char", "Byte", "Bool" -> ElementType.WHOLE;
          default ->
              throw Contents.refused(
                  "tensor "
                      + Contents.quoted(name)
                      + " has elements of torch."
                      + Contents.quoted(view.storage().type() + "Storage")
                      + ", expected double, float, half or bfloat16; save it unquantized");
        };
    if (type == ElementType.WHOLE) {
      contents.leaveOut(name);
      return;
    }
    int[] extents = contents.extents(name, view.shape());
    byte[] bytes = bytes(zip, view.storage());
    requireInside(name, view, bytes.length / type.bytes());
    long[] strides = view.strides().stream().mapToLong(Long::longValue).toArray();
    contents.add(
        name,
        type,
        ByteBuffer.wrap(bytes).order(order),
        new Positions(extents, strides, view.offset()),
        extents);
  }

  private byte[] bytes(ZipFile zip, Storage storage) throws IOException {
    byte[] known = storages.get(storage.key());
    if (known == null) {
      known = bytes(zip, folder + "data/" + storage.key());
      storages.put(storage.key(), known);
    }
    return known;
  }

  private static void requireInside(String name, View view, long count) {
    boolean fits = view.offset() >= 0 && view.strides().size() == view.shape().size();
    double last = view.offset();
    for (int axis = 0; fits && axis < view.shape().size(); axis++) {
      fits = view.strides().get(axis) >= 0;
      last += (double) view.strides().get(axis) * (view.shape().get(axis) - 1);
    }
    boolean empty = view.shape().contains(0L);
    if (!fits || !empty && last >= Math.min(count, view.storage().count())) {
      List<Long> shape = view.shape().subList(0, Math.min(8, view.shape().size()));
      throw Contents.refused(
          "tensor "
              + Contents.quoted(name)
              + " of shape "
              + shape
              + " ends outside its storage of "
              + Math.min(count, view.storage().count())
              + " entries"
              + DAMAGED);
    }
  }
}
