package dev.flatness.dl4j;

import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model of DL4J as a {@link Network}, and the way back.
 *
 * <p>Formula: the network computes what {@code output(x)} of the model does, that is without
 * dropout and with the standing statistics of batch normalization. Its parameters are those of the
 * model in the library's layout: dense weights transposed to {@code [out, in]}, convolutions as
 * they are, depthwise kernels with the channel first, batch normalization as one scale and one
 * shift per channel. A final softmax or sigmoid is the network's last layer; a loss that it belongs
 * to removes it ({@link dev.flatness.loss.Losses#fit}).
 *
 * <p>Shapes: inputs are {@code [features]} or {@code [channels, height, width]}. Cost: a copy of
 * the parameters as doubles.
 *
 * <p>Errors: {@link IllegalArgumentException} for a model with a layer that has no counterpart; the
 * message names every such layer with its class and the reason, and those behind it that could not
 * be looked at.
 *
 * <p>Immutable, but {@link #model} is the user's own.
 *
 * @param <M> the class of the model
 */
public final class Dl4jNetwork<M extends Model> {
  private final M model;
  private final UnaryOperator<M> copy;
  private final Network network;
  private final List<Assembly.WriteBack> writeBacks;
  private final LossFunctions.Fit loss;

  private Dl4jNetwork(M model, UnaryOperator<M> copy, Plan plan, DataType type, int... shape) {
    this.model = model;
    this.copy = copy;
    Shape input = shape.length == 0 ? InputShapes.of(plan.topology()) : Shape.of(shape);
    Plan.Built built = plan.build(model, input);
    this.writeBacks = built.writeBacks();
    this.loss = LossFunctions.of(plan.topology().last().layer(), built.network());
    this.network =
        built
            .network()
            .withStoredPrecision(type == DataType.DOUBLE ? Precision.FLOAT64 : Precision.FLOAT32);
  }

  /**
   * Imports a chain of layers.
   *
   * @param model an initialized model; it is read, never changed
   * @param inputShape the shape of one input, channels first; none where the configuration tells
   *     it, which it does not for networks that begin with a convolution of {@code
   *     InputType.convolutional}
   * @return the import
   * @throws IllegalArgumentException if a layer has no counterpart, the shape is needed or the
   *     model is not initialized
   */
  public static Dl4jNetwork<MultiLayerNetwork> of(MultiLayerNetwork model, int... inputShape) {
    return of(model, Plan.of(Topology.of(model.getLayerWiseConfigurations())), inputShape);
  }

  /**
   * Imports a graph with one input and one output.
   *
   * @param model an initialized model; it is read, never changed
   * @param inputShape the shape of one input, as for a chain of layers
   * @return the import
   * @throws IllegalArgumentException if a layer or vertex has no counterpart, the shape is needed,
   *     the graph has several inputs or outputs, or the model is not initialized
   */
  public static Dl4jNetwork<ComputationGraph> of(ComputationGraph model, int... inputShape) {
    return of(model, Plan.of(Topology.of(model.getConfiguration())), inputShape);
  }

  static Dl4jNetwork<MultiLayerNetwork> of(MultiLayerNetwork model, Plan plan, int... shape) {
    requireInitialized(model.isInitCalled());
    DataType type = model.getLayerWiseConfigurations().getDataType();
    return new Dl4jNetwork<>(model, MultiLayerNetwork::clone, plan, type, shape);
  }

  static Dl4jNetwork<ComputationGraph> of(ComputationGraph model, Plan plan, int... shape) {
    requireInitialized(model.params() != null);
    DataType type = model.getConfiguration().getDataType();
    return new Dl4jNetwork<>(model, ComputationGraph::clone, plan, type, shape);
  }

  private static void requireInitialized(boolean initialized) {
    if (!initialized) {
      throw new IllegalArgumentException("the model has no parameters yet; call its init() first");
    }
  }

  /**
   * Reads a model that {@code ModelSerializer} wrote.
   *
   * <p>Only the configuration and the parameters are read: not the state of the updater, and not a
   * normalizer, which would have to be deserialized. The file is treated as hostile: its
   * configuration may name classes of DL4J alone, in whatever form JSON may name one, and nothing
   * is allocated before the sizes of configuration, parameters and file fit together.
   *
   * @param file the {@code .zip} file
   * @param inputShape the shape of one input, as for a chain of layers
   * @return the import of a {@link MultiLayerNetwork} or {@link ComputationGraph}
   * @throws IllegalArgumentException if the file is no such model, or cannot be imported
   * @throws java.io.UncheckedIOException if reading fails
   */
  public static Dl4jNetwork<?> read(Path file, int... inputShape) {
    return SavedModel.read(file, inputShape);
  }

  /**
   * Returns the network at the parameters of the model.
   *
   * @return the network; its notes tell what was left out or changed
   */
  public Network network() {
    return network;
  }

  /**
   * Returns the model that was imported.
   *
   * @return the model itself, not a copy
   */
  public M model() {
    return model;
  }

  /**
   * Returns the loss that the model was trained with, without its regularization.
   *
   * <p>The loss of a dataset is here the mean over its samples, as in DL4J with mini-batches.
   *
   * @return the loss; empty where none fits, and {@link #lossNote} says why
   */
  public Optional<Loss> loss() {
    return loss.loss();
  }

  /**
   * Returns how the loss relates to DL4J's.
   *
   * @return one sentence
   */
  public String lossNote() {
    return loss.note();
  }

  /**
   * Returns what was left out or changed.
   *
   * @return the network's notes
   */
  public List<String> notes() {
    return network.notes();
  }

  /**
   * Returns a copy of the model with the parameters of a changed network.
   *
   * <p>Formula: γ = a·√(v+ε) and β = b + a·μ for a batch normalization of scale a and shift b; μ
   * and v stay. All other parameters are copied; those of layers that do not lead to the output
   * stay as they are. Cost: a copy of the model. Numbers are rounded to the model's type.
   *
   * @param changed a network of the same layers, for instance {@link #network} rescaled, with or
   *     without the activation at its end
   * @return the copy; the model itself does not change
   * @throws IllegalArgumentException if the network has other parameters than {@link #network}
   */
  public M write(Network changed) {
    if (!changed.parameters().equals(network.parameters())) {
      throw new IllegalArgumentException(
          "the network has the parameters "
              + names(changed)
              + ", expected those of the imported one, "
              + names(network)
              + "; change its values with withParameters or by a rescaling");
    }
    M result = copy.apply(model);
    for (Assembly.WriteBack writeBack : writeBacks) {
      writeBack.write(name -> values(changed, name), result);
    }
    return result;
  }

  private static double[] values(Network network, String name) {
    for (Parameter parameter : network.parameters()) {
      if (parameter.name().equals(name)) {
        return network.values(parameter);
      }
    }
    throw new IllegalStateException("no parameter " + name);
  }

  private static String names(Network network) {
    List<String> names = network.parameters().stream().map(Parameter::name).toList();
    return names.size() > 8 ? names.subList(0, 8) + " and more" : names.toString();
  }

  /**
   * Evaluates the model itself.
   *
   * @param rows the inputs, as {@link Network#outputs(double[][])} takes them
   * @return one row of outputs an input
   */
  public double[][] outputs(double[][] rows) {
    if (rows.length == 0) {
      return new double[0][];
    }
    int[] input = network.inputShape().toArray();
    long[] shape = new long[input.length + 1];
    shape[0] = rows.length;
    for (int i = 0; i < input.length; i++) {
      shape[i + 1] = input[i];
    }
    double[] all = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    DataType type = model.params().dataType();
    INDArray x = Entries.rows(all, shape).castTo(type);
    INDArray y =
        model instanceof MultiLayerNetwork chain
            ? chain.output(x)
            : ((ComputationGraph) model).outputSingle(x);
    double[] values = Entries.of(y);
    int width = values.length / rows.length;
    double[][] outputs = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      outputs[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
    }
    return outputs;
  }
}
