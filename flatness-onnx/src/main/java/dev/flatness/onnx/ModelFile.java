package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flatness.internal.files.Reason;
import dev.flatness.internal.text.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A file that was checked to be an ONNX model of a version whose operators are known. */
final class ModelFile {
  static final long OLDEST_OPSET = 6;
  static final long NEWEST_OPSET = 23;
  private static final long OLDEST_IR = 3;
  private static final long NEWEST_IR = 13;
  // The bytes, the parsed message, its entries as doubles and the network's own copies.
  private static final long MEMORY_FACTOR = 8;

  private final ModelProto model;
  private final long bytes;
  private final Map<String, Long> opsets;
  private final List<String> notes;
  private final boolean keras;

  private ModelFile(
      ModelProto model, long bytes, Map<String, Long> opsets, List<String> notes, boolean keras) {
    this.model = model;
    this.bytes = bytes;
    this.opsets = opsets;
    this.notes = notes;
    this.keras = keras;
  }

  /** A model that the writer made. */
  static ModelFile of(ModelProto model) {
    return new ModelFile(
        model, model.getSerializedSize(), opsets(model, List.of()), List.of(), false);
  }

  static ModelFile read(Path file) {
    byte[] bytes = bytes(file);
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw Messages.refused("it is not an ONNX file" + guess(bytes, "or it was cut off"));
    }
    if (!model.hasGraph()) {
      throw Messages.refused("it is not an ONNX file" + guess(bytes, "it holds no graph"));
    }
    long ir = model.getIrVersion();
    if (ir < OLDEST_IR || ir > NEWEST_IR) {
      throw Messages.refused(
          "it says IR version "
              + ir
              + ", expected "
              + OLDEST_IR
              + " to "
              + NEWEST_IR
              + "; export the model anew with a current exporter");
    }
    if (model.getTrainingInfoCount() > 0) {
      throw Messages.refused(
          "it is a training model (it holds training_info); export the model for inference");
    }
    List<String> notes = new ArrayList<>();
    return new ModelFile(model, bytes.length, opsets(model, notes), notes, false);
  }

  /** The same model with other parameters. */
  ModelFile with(WeightReplacement weights) {
    WeightReplacement.Changed changed = weights.in(model);
    List<String> all = new ArrayList<>(notes);
    all.addAll(changed.notes());
    return new ModelFile(changed.model(), bytes + changed.bytes(), opsets, all, changed.keras());
  }

  /** Whether kernels were replaced by tensors of Keras' names. */
  boolean hasKerasKernels() {
    return keras;
  }

  private static byte[] bytes(Path file) {
    if (!Files.exists(file)) {
      throw Messages.refused("there is no such file; check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw Messages.refused("it is not a regular file; name the .onnx file itself");
    }
    try {
      long size = Files.size(file);
      if (size > Integer.MAX_VALUE - 16) {
        throw Messages.refused(
            "it has "
                + size
                + " bytes, but an ONNX file ends at 2 GiB; keep the weights in external data");
      }
      long heap = Runtime.getRuntime().maxMemory();
      if (size > heap / MEMORY_FACTOR) {
        throw Messages.refused(
            "reading its "
                + Memory.needed(size)
                + " takes about "
                + Memory.needed((double) MEMORY_FACTOR * size)
                + " of memory, but the Java heap ends at "
                + Memory.available(heap)
                + "; "
                + Memory.MORE_HEAP);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  private static String guess(byte[] bytes, String otherwise) {
    String start =
        new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1)
            .stripLeading();
    if (bytes.length == 0) {
      return ": it is empty";
    } else if (start.startsWith("version https://git-lfs")) {
      return ": it is a Git LFS pointer; fetch the model itself with \"git lfs pull\"";
    } else if (start.startsWith("PK")) {
      return ": it is a zip archive, perhaps a PyTorch checkpoint; export the model with"
          + " torch.onnx.export";
    } else if (start.startsWith("<")) {
      return ": it is a web page or XML; download the model again";
    } else if (bytes.length < 4096 && isText(bytes)) {
      return ": it is a text of " + bytes.length + " bytes; download the model again";
    }
    return " (" + otherwise + "); download or export the model again";
  }

  private static boolean isText(byte[] bytes) {
    for (byte b : bytes) {
      if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Long> opsets(ModelProto model, List<String> notes) {
    Map<String, Long> opsets = new HashMap<>();
    for (OperatorSetIdProto entry : model.getOpsetImportList()) {
      String domain = domain(entry.getDomain());
      Long known = opsets.get(domain);
      if (known != null && known != entry.getVersion()) {
        notes.add(
            "the file imports opsets "
                + known
                + " and "
                + entry.getVersion()
                + " of "
                + (domain.isEmpty() ? "the default domain" : "domain " + Messages.plain(domain))
                + "; the larger one was taken");
      }
      opsets.merge(domain, entry.getVersion(), Math::max);
    }
    if (opsets.isEmpty()) {
      throw Messages.refused(
          "it names no opset (opset_import is empty), so the meaning of its operators is unknown;"
              + " export the model anew");
    }
    Long version = opsets.get("");
    if (version != null && (version < OLDEST_OPSET || version > NEWEST_OPSET)) {
      throw Messages.refused(
          "it uses opset "
              + version
              + ", expected "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + "; convert it with onnx.version_converter or export the model with such an opset");
    }
    return opsets;
  }

  /** The default domain has two names. */
  private static String domain(String name) {
    return name.equals("ai.onnx") ? "" : name;
  }

  /** The size of the file. */
  long bytes() {
    return bytes;
  }

  GraphProto graph() {
    return model.getGraph();
  }

  /** Whether {@link OnnxWriter} wrote the file, so that nothing is to be folded. */
  boolean asWritten() {
    return model.getMetadataPropsList().stream()
        .anyMatch(property -> property.getKey().equals(OnnxWriter.AS_WRITTEN));
  }

  List<String> notes() {
    return notes;
  }

  /** Wraps the file's nodes, in the file's order. */
  List<OnnxNode> nodes(List<NodeProto> protos, List<Integer> running) {
    List<OnnxNode> nodes = new ArrayList<>();
    for (int i = 0; i < protos.size(); i++) {
      NodeProto proto = protos.get(i);
      long opset = opsets.getOrDefault(domain(proto.getDomain()), -1L);
      nodes.add(new OnnxNode(proto, proto.getOpType(), i, opset, running.get(i)));
    }
    return nodes;
  }
}
