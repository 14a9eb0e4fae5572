/** Reads and writes networks as ONNX files. */
module dev.flatness.onnx {
  requires transitive dev.flatness.core;
  requires com.google.protobuf;
  requires org.tribuo.util.onnx;
  requires static transitive org.jspecify;

  exports dev.flatness.onnx;
}
