/**
 * Reads networks from ONNX files and writes them back.
 *
 * <p>{@link dev.flatness.onnx.OnnxReader} and {@link dev.flatness.onnx.OnnxWriter} are the way in;
 * the format's own classes do not show.
 */
@NullMarked
package dev.flatness.onnx;

import org.jspecify.annotations.NullMarked;
