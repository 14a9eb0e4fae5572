package dev.flatness.onnx;

import dev.flatness.network.Network;

/**
 * A network read from an ONNX file, and what the file said around it.
 *
 * <p>What was changed or noticed on the way (a freed batch size, a removed Softmax, a folded
 * normalization) stands in {@link Network#notes()}.
 *
 * @param network the network; its output is the logits where {@code head} is not {@link
 *     LossHead#NONE}
 * @param head what stood after the logits and was removed
 * @param input the input as the file declares it
 * @param output the name of the graph output or internal tensor that was taken
 */
public record OnnxModel(Network network, LossHead head, OnnxInput input, String output) {}
