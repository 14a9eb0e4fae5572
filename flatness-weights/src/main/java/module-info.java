/** Parameters from files of other tools: safetensors, Keras, PyTorch. */
module dev.flatness.weights {
  requires transitive dev.flatness.core;
  requires com.fasterxml.jackson.core;
  requires io.jhdf;
  requires pickle;
  requires static transitive org.jspecify;

  exports dev.flatness.weights;
}
