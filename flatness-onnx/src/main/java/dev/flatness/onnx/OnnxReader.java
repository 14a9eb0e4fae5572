package dev.flatness.onnx;

import dev.flatness.internal.parameters.FlattenOrder;
import dev.flatness.internal.text.Printable;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads feed-forward networks from ONNX files of opsets 6 to 23.
 *
 * <p>Weights come in the library's layout whatever the file's: dense {@code [out, in]}, convolution
 * {@code [out, in / groups, height, width]}. Batch normalization, added constants and zero padding
 * are folded where that is exact (docs/mathematics.md#normalization); a fixed batch size is freed.
 * A final Softmax, LogSoftmax, Softmax→Log or Sigmoid is the network's last layer; a loss that it
 * belongs to removes it ({@link dev.flatness.loss.Losses#fit}). What was done stands in {@link
 * Network#notes()}.
 *
 * <p>Shapes: the network's input has the file's own shape without the batch axis, so {@code
 * [height, width, channels]} stays so.
 *
 * <p>Cost: memory of about eight times the file. The file is treated as hostile: sizes are checked
 * before anything is allocated, external data must lie in the model's folder, and all that is made
 * of constants takes at most 16 times the bytes of the file and its external data, and 256 MiB (in
 * small heaps a quarter of them).
 *
 * <p>Errors: {@link IllegalArgumentException} for a file that is not a readable model, naming the
 * operator, node and opset that stand in the way and what that means; {@link
 * java.io.UncheckedIOException} when reading fails.
 *
 * <p>Source: the ONNX operator schemas. Immutable.
 */
public final class OnnxReader {
  private static final OnnxReader DEFAULTS = new OnnxReader(null, null, false, null);

  private final String output;
  private final Shape inputShape;
  private final boolean untied;
  private final WeightReplacement weights;

  private OnnxReader(String output, Shape inputShape, boolean untied, WeightReplacement weights) {
    this.output = output;
    this.inputShape = inputShape;
    this.untied = untied;
    this.weights = weights;
  }

  /**
   * Returns a reader that takes a file's first output and its declared input shape.
   *
   * @return the reader
   */
  public static OnnxReader withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns a reader that takes another output of the file, or what any of its nodes makes. Inputs
   * that it does not need are left out.
   *
   * @param name the name of a graph output or of an internal tensor
   * @return the changed copy
   */
  public OnnxReader withOutput(String name) {
    return new OnnxReader(Objects.requireNonNull(name, "name"), inputShape, untied, weights);
  }

  /**
   * Returns a reader that takes a shape of one sample instead of the declared one, for files that
   * leave it open.
   *
   * @param extents the shape, without the batch axis
   * @return the changed copy
   */
  public OnnxReader withInputShape(int... extents) {
    return new OnnxReader(output, Shape.of(extents), untied, weights);
  }

  /**
   * Returns a reader that gives every layer parameters of its own, also where the file stores one
   * weight matrix for several layers. By default these share it. A bias that layers with different
   * weights use is never shared: exporters store equal tensors once.
   *
   * @return the changed copy
   */
  public OnnxReader withUntied() {
    return new OnnxReader(output, inputShape, true, weights);
  }

  /**
   * Returns a reader that takes other parameters than the file's own, for instance those of a
   * checkpoint. They replace the file's before anything is folded.
   *
   * <p>A parameter takes the tensor of its own name; else that of its layer in PyTorch's words
   * ({@code fc1.weight}); else that of its layer in Keras' words ({@code fc1/kernel}). Where the
   * names tell that axes are in another order, they are reordered, with a note. Prefixes that
   * wrappers add ({@code module.}, {@code model.}, {@code _orig_mod.}) are left out, with a note.
   * Every parameter must be found, and every tensor must have its place. A model that flattens
   * channels first is refused with Keras' kernels, since Keras flattens channels last.
   *
   * <p>Cost: a copy of the parameters.
   *
   * @param parameters the tensors by name; those named {@code …num_batches_tracked} are ignored
   * @param source what they were read from, for messages, as {@code epoch-10.pt}
   * @return the changed copy
   */
  public OnnxReader withWeights(Map<String, Tensor> parameters, String source) {
    Objects.requireNonNull(source, "source");
    return new OnnxReader(output, inputShape, untied, new WeightReplacement(parameters, source));
  }

  /**
   * Reads a model.
   *
   * @param file the {@code .onnx} file; external data lie next to it
   * @return the network and what the file said around it
   * @throws IllegalArgumentException if the file cannot be read as a network
   */
  public OnnxModel read(Path file) {
    try {
      Path folder = file.toAbsolutePath().normalize().getParent();
      ModelFile found = ModelFile.read(file);
      ModelFile model = weights == null ? found : found.with(weights);
      Budget budget = new Budget(model.bytes(), Runtime.getRuntime().maxMemory());
      OnnxModel read =
          assemble(
              GraphReader.read(model, new TensorDecoder(folder, budget), output, inputShape),
              List.of());
      if (weights != null && model.hasKerasKernels()) {
        FlattenOrder.requireChannelsLast(read.network(), weights.source());
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "cannot read model " + Printable.of(file.toString()) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Folds a network's scales and shifts per channel into neighboring layers, as reading a file
   * does.
   *
   * <p>Formula: docs/mathematics.md#normalization; the function is the same up to rounding. Cost:
   * memory of about eight times the parameters. The notes of what was folded come after the
   * network's own.
   *
   * @param network a network, for instance one with batch normalization in its inference form
   * @return a network of fewer layers and parameters, or an equal one where nothing can be folded
   */
  public Network folded(Network network) {
    ModelFile model =
        ModelFile.of(OnnxWriter.model(network.withStoredPrecision(Precision.FLOAT64), false));
    Budget budget = new Budget(model.bytes(), Runtime.getRuntime().maxMemory());
    TensorDecoder decoder = new TensorDecoder(Path.of(""), budget);
    return assemble(GraphReader.read(model, decoder, null, null), network.notes())
        .network()
        .withStoredPrecision(network.storedPrecision());
  }

  private OnnxModel assemble(GraphReader.Result read, List<String> notes) {
    Context context = read.context();
    Step output = read.output();
    while (output.layer() instanceof Layer.Reshape && output.end()) {
      output = output.input();
    }
    List<Step> live = Assembly.live(context.draft().steps(), output);
    if (untied || !context.asWritten()) {
      Sharing.decide(context, live, untied);
    }
    Step folded = context.asWritten() ? output : Folding.run(context, live, output);
    List<Step> kept = Assembly.live(context.draft().steps(), folded);
    if (untied || !context.asWritten()) {
      Sharing.biases(context, kept, untied);
    }
    Network network =
        Assembly.build(context, kept, folded).withNotes(notes).withNotes(context.notes());
    OnnxInput input = new OnnxInput(read.input().name(), read.input().dimensions(), layout(kept));
    return new OnnxModel(network, input, read.outputName());
  }

  private static OnnxInput.Layout layout(List<Step> steps) {
    for (Step step : steps) {
      boolean first = !step.inputs().isEmpty() && step.input().layer() instanceof Layer.Input;
      if (first && step.shape().rank() == 3) {
        if (step.layer() instanceof Layer.Transpose t && t.axes().equals(List.of(2, 0, 1))) {
          return OnnxInput.Layout.CHANNELS_LAST;
        } else if (step.layer() instanceof Layer.Convolution
            || step.layer() instanceof Layer.MaxPool
            || step.layer() instanceof Layer.AveragePool) {
          return OnnxInput.Layout.CHANNELS_FIRST;
        }
      }
    }
    return OnnxInput.Layout.UNKNOWN;
  }
}
