package dev.flatness.weights;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the weights that Keras keeps in HDF5 files. */
final class KerasReader {
  private static final int MOST_DEPTH = 32;
  private static final int MOST_OBJECTS = 50_000;
  private static final List<String> NORMALIZATION =
      List.of("gamma", "beta", "moving_mean", "moving_variance");

  private final byte[] bytes;
  private final Contents contents;
  private int objects;

  KerasReader(byte[] bytes, Contents contents) {
    this.bytes = bytes;
    this.contents = contents;
  }

  void read() {
    HdfGuard.check(bytes);
    try {
      HdfFile file = HdfFile.fromByteBuffer(ByteBuffer.wrap(bytes));
      Map<String, Node> children = file.getChildren();
      if (children.get("model_weights") instanceof Group weights) {
        // a whole model: its weights, and perhaps the optimizer's
        if (children.containsKey("optimizer_weights")) {
          noteOptimizer();
        }
        walk(weights, "", 0);
      } else {
        if (children.containsKey("optimizer")) {
          noteOptimizer();
        }
        for (Map.Entry<String, Node> child : children.entrySet()) {
          if (!child.getKey().equals("optimizer")) {
            visit(child.getKey(), child.getValue(), "", 0);
          }
        }
      }
    } catch (Known e) {
      throw Contents.refused(String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      throw Contents.refused("its HDF5 structure is damaged; copy or save it again");
    }
  }

  /** A refusal in words, told from those of the library. */
  private static final class Known extends RuntimeException {
    private static final long serialVersionUID = 1;

    Known(String message) {
      super(message);
    }
  }

  private void noteOptimizer() {
    contents.note("the state of the optimizer was left out");
  }

  private void walk(Group group, String path, int depth) {
    if (depth > MOST_DEPTH) {
      throw new Known("its groups lie more than " + MOST_DEPTH + " deep; the file is damaged");
    }
    Map<String, Node> children = group.getChildren();
    if (group.getName().equals("vars") && !children.isEmpty()) {
      variables(group, children, path);
      return;
    }
    for (Map.Entry<String, Node> child : children.entrySet()) {
      visit(child.getKey(), child.getValue(), path, depth);
    }
  }

  private void visit(String name, Node node, String path, int depth) {
    if (++objects > MOST_OBJECTS) {
      throw new Known("it has more than " + MOST_OBJECTS + " objects; the file is damaged");
    }
    String full = path.isEmpty() ? name : path + "/" + name;
    if (full.length() > 4000) {
      throw new Known("it has names of more than 4000 letters; the file is damaged");
    }
    if (node instanceof Link) {
      throw new Known(
          "it has a link " + Contents.quoted(full) + "; expected groups and datasets as Keras has");
    } else if (node instanceof Group group) {
      walk(group, full, depth + 1);
    } else if (node instanceof Dataset dataset) {
      add(full, dataset);
    }
  }

  /** Keras 3 numbers a layer's variables; the layer's name is an attribute. */
  private void variables(Group group, Map<String, Node> children, String path) {
    Attribute attribute = group.getAttribute("name");
    int end = path.endsWith("/vars") ? path.length() - 5 : path.length();
    String layer = path.substring(0, end);
    if (attribute != null && attribute.getData() instanceof String name && !name.isEmpty()) {
      layer = name;
    } else {
      layer = layer.substring(layer.lastIndexOf('/') + 1);
    }
    Map<Integer, Dataset> numbered = new TreeMap<>();
    for (Map.Entry<String, Node> child : children.entrySet()) {
      boolean number = child.getKey().matches("\\d{1,6}");
      if (!number || !(child.getValue() instanceof Dataset dataset)) {
        throw new Known(
            "group "
                + Contents.quoted(path)
                + " holds "
                + Contents.quoted(child.getKey())
                + ", expected numbered variables; the file is damaged");
      }
      numbered.put(Integer.parseInt(child.getKey()), dataset);
    }
    List<String> roles = roles(new ArrayList<>(numbered.values()));
    int i = 0;
    for (Map.Entry<Integer, Dataset> entry : numbered.entrySet()) {
      boolean known = i < roles.size();
      add(known ? layer + "/" + roles.get(i) : path + "/" + entry.getKey(), entry.getValue());
      i++;
    }
  }

  private static List<String> roles(List<Dataset> variables) {
    int first = variables.get(0).getDimensions().length;
    if (first >= 2 && variables.size() <= 2) {
      return List.of("kernel", "bias").subList(0, variables.size());
    }
    boolean vectors = variables.stream().allMatch(v -> v.getDimensions().length == 1);
    return vectors && variables.size() == 4 ? NORMALIZATION : List.of();
  }

  private void add(String name, Dataset dataset) {
    DataType type = dataset.getDataType();
    if (type instanceof FixedPoint) {
      contents.leaveOut(name);
      return;
    }
    ElementType element = element(name, type);
    if (!(dataset instanceof ContiguousDataset contiguous)) {
      throw new Known(
          "dataset "
              + Contents.quoted(name)
              + " is "
              + dataset.getDataLayout()
              + ", expected contiguous as Keras writes it; save it without compression and chunks");
    }
    List<Long> shape = Arrays.stream(dataset.getDimensionsAsLong()).boxed().toList();
    int[] extents;
    Positions positions;
    try {
      extents = contents.extents(name, shape);
      positions = Positions.rowMajor(extents);
    } catch (IllegalArgumentException e) {
      throw new Known(String.valueOf(e.getMessage()));
    }
    long needed = (long) element.bytes() * positions.size();
    long start = contiguous.getDataAddress();
    if (needed > 0 && (start < 0 || start > bytes.length || needed > bytes.length - start)) {
      throw new Known(
          "dataset "
              + Contents.quoted(name)
              + " of shape "
              + shape
              + " lies outside the file; copy or save it again");
    }
    ByteBuffer data =
        needed == 0
            ? ByteBuffer.allocate(0)
            : ByteBuffer.wrap(bytes, (int) start, (int) needed).slice();
    data.order(((FloatingPoint) type).getByteOrder());
    try {
      contents.add(name, element, data, positions, extents);
    } catch (IllegalArgumentException e) {
      throw new Known(String.valueOf(e.getMessage()));
    }
  }

  private static ElementType element(String name, DataType type) {
    if (type instanceof FloatingPoint number) {
      int bits = 8 * number.getSize();
      int exponent = number.getExponentSize();
      if (bits == 64 && exponent == 11) {
        return ElementType.FLOAT64;
      } else if (bits == 32 && exponent == 8) {
        return ElementType.FLOAT32;
      } else if (bits == 16 && exponent == 5) {
        return ElementType.FLOAT16;
      } else if (bits == 16 && exponent == 8) {
        return ElementType.BFLOAT16;
      }
    }
    throw new Known(
        "dataset "
            + Contents.quoted(name)
            + " has elements of class "
            + type.getDataClass()
            + " and "
            + type.getSize()
            + " bytes, expected floating-point numbers of 2, 4 or 8 bytes");
  }
}
