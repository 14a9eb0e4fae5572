package example;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import dev.flatness.surface.GradientFunction;
import java.util.ArrayList;
import java.util.List;

/** The loss of a DJL block on data as a function of all its parameters, with its gradient. */
final class DjlModel implements GradientFunction, AutoCloseable {
  private final NDManager manager;
  private final Block block;
  private final Loss loss = Loss.softmaxCrossEntropyLoss();
  private final ParameterStore store;
  private final NDList inputs;
  private final NDList labels;
  private final List<NDArray> parameters = new ArrayList<>();

  DjlModel(Block block, float[][] inputs, int[] labels) {
    this.manager = NDManager.newBaseManager();
    this.block = block;
    this.store = new ParameterStore(manager, false);
    this.inputs = new NDList(manager.create(inputs));
    this.labels = new NDList(manager.create(labels));
    block.initialize(manager, DataType.FLOAT32, new Shape(inputs.length, inputs[0].length));
    block
        .getParameters()
        .forEach(
            parameter -> {
              NDArray array = parameter.getValue().getArray();
              array.setRequiresGradient(true);
              parameters.add(array);
            });
  }

  int dimension() {
    return (int) parameters.stream().mapToLong(NDArray::size).sum();
  }

  /** The parameters are floats in DJL, so θ is rounded here; flatness measures what that costs. */
  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    int at = 0;
    for (NDArray parameter : parameters) {
      float[] values = new float[(int) parameter.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) theta[at++];
      }
      parameter.set(values);
    }
    float value;
    try (GradientCollector collector = Engine.getInstance().newGradientCollector();
        NDManager scratch = manager.newSubManager()) {
      collector.zeroGradients();
      NDList outputs = block.forward(store, inputs, true);
      outputs.attach(scratch);
      NDArray mean = loss.evaluate(labels, outputs);
      mean.attach(scratch);
      collector.backward(mean);
      value = mean.getFloat();
    }
    at = 0;
    for (NDArray parameter : parameters) {
      try (NDArray own = parameter.getGradient()) {
        for (float entry : own.toFloatArray()) {
          gradient[at++] = entry;
        }
      }
    }
    return value;
  }

  @Override
  public void close() {
    manager.close();
  }
}
