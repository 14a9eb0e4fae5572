package dev.flatness.onnx;

/** Reads the name of a layer out of the names that exporters make of it. */
final class LayerNames {
  private LayerNames() {}

  /** Of {@code fc1.weight}, {@code model/dense/MatMul/ReadVariableOp:0}; empty where none shows. */
  static String ofParameter(String name) {
    String plain = name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
    int read = plain.lastIndexOf("/ReadVariableOp");
    if (read > 0) {
      return parent(plain.substring(0, read), '/');
    }
    if (plain.contains("/")) {
      return parent(plain, '/');
    }
    return parent(plain, '.');
  }

  /**
   * Of {@code /layer1/layer1.0/conv1/Conv} (layer1.0.conv1), {@code model/dense/MatMul}
   * (model/dense) and {@code dense_6}.
   */
  static String ofNode(String name, String operator) {
    if (!name.startsWith("/")) {
      boolean path = name.contains("/");
      return path ? parent(name, '/') : name;
    }
    String[] parts = name.substring(1).split("/", 64);
    StringBuilder layer = new StringBuilder();
    String last = "";
    for (int i = 0; i < parts.length - 1; i++) {
      boolean longer = parts[i].startsWith(last + ".") && !last.isEmpty();
      if (longer) {
        layer.setLength(layer.length() - last.length());
      } else if (layer.length() > 0) {
        layer.append('.');
      }
      layer.append(parts[i]);
      last = parts[i];
    }
    return layer.toString();
  }

  private static String parent(String name, char separator) {
    int end = name.lastIndexOf(separator);
    return end <= 0 ? "" : name.substring(0, end);
  }
}
