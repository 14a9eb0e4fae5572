package dev.flatness.weights;

import java.nio.charset.StandardCharsets;

/** A format, as the first bytes of a file tell it. */
enum FileKind {
  SAFETENSORS,
  HDF5,
  ZIP;

  static FileKind of(byte[] bytes) {
    String start = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1);
    if (start.startsWith("PK\u0003\u0004")) {
      return ZIP;
    } else if (start.startsWith("\u0089HDF\r\n\u001a\n")) {
      return HDF5;
    } else if (bytes.length == 0) {
      throw Contents.refused("it is empty; copy or save it again");
    } else if (start.startsWith("version https://git-lfs")) {
      throw Contents.refused(
          "it is a Git LFS pointer; fetch the file itself with \"git lfs pull\"");
    } else if (start.startsWith("\u0080\u0002\u008a\nl\u00fc")) {
      throw Contents.refused(
          "it is in the format of torch.save before PyTorch 1.6; save it again in Python:"
              + " torch.save(torch.load(file, map_location=\"cpu\"), other)");
    } else if (start.startsWith("\u0080")) {
      throw Contents.refused(
          "it is a pickle that torch.save did not write; save a state dictionary: torch.save("
              + "model.state_dict(), file)");
    } else if (bytes.length > 8 && (bytes[8] == '{' || bytes[8] == '[')) {
      return SAFETENSORS;
    } else if (bytes.length > 8 && bytes[0] == 8 && bytes[1] > 0 && bytes[1] < 32) {
      throw Contents.refused("it seems to be an ONNX file; name it by --model");
    }
    throw Contents.refused(
        "it is neither a safetensors file nor HDF5 (Keras) nor a zip archive of torch.save; copy"
            + " or save it again");
  }
}
