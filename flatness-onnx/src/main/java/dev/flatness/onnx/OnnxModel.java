package dev.flatness.onnx;

import dev.flatness.network.Network;

/**
 * A network read from an ONNX file, and what the file said around it.
 *
 * <p>What was changed or noticed on the way (a freed batch size, a folded normalization) stands in
 * {@link Network#notes()}.
 *
 * @param network the network, with the softmax or sigmoid at its end where the file has one
 * @param input the input as the file declares it
 * @param output the name of the graph output or internal tensor that was taken
 */
public record OnnxModel(Network network, OnnxInput input, String output) {}
