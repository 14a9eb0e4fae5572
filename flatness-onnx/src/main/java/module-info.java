import dev.flatness.network.NetworkReader;
import dev.flatness.onnx.OnnxNetworks;

/**
 * Reads and writes networks as ONNX files.
 *
 * @provides NetworkReader the reader of ONNX files, for settings that name one
 */
module dev.flatness.onnx {
  requires transitive dev.flatness.core;
  requires com.google.protobuf;
  requires org.tribuo.util.onnx;
  requires static transitive org.jspecify;

  exports dev.flatness.onnx;

  provides NetworkReader with
      OnnxNetworks;
}
