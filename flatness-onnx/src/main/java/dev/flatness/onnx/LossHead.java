package dev.flatness.onnx;

/**
 * What stood after the logits in the file; it belongs to the loss and is not part of the network.
 */
public enum LossHead {
  /** Nothing: the file's output is the network's. */
  NONE,
  /** A Softmax: the file's output is probabilities. */
  SOFTMAX,
  /** A LogSoftmax: the file's output is log-probabilities. */
  LOG_SOFTMAX,
  /** A Softmax and a Log: the file's output is log-probabilities. */
  SOFTMAX_LOG
}
