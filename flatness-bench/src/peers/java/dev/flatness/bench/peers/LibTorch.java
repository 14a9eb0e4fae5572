package dev.flatness.bench.peers;

import dev.flatness.data.Dataset;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The mean cross-entropy in libtorch, float32. A product is the gradient of the gradient along a
 * vector, as PyHessian does it: {@code grad(grad(loss, θ, create_graph), θ, grad_outputs = v)}.
 */
@SuppressWarnings("try") // Scopes only close.
final class LibTorch implements Peer {
  private final Network network;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> labels = new ArrayList<>();

  /** Each batch's share of the samples. */
  private final List<Scalar> shares = new ArrayList<>();

  private final TensorVector parameters;
  private TensorVector[] vectors = {};
  private TensorVector[] products = {};
  private TensorVector gradient;

  /** By batch; a gradient tensor holds its graph. */
  private final TensorVector[] kept;

  LibTorch(Network network, Dataset data, int batch) {
    this.network = network;
    int features = data.inputShape().size();
    for (int first = 0; first < data.size(); first += batch) {
      int n = Math.min(batch, data.size() - first);
      double[] x = new double[n * features];
      double[] y = new double[n];
      data.read(first, n, x, y);
      float[] narrow = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        narrow[i] = (float) x[i];
      }
      long[] targets = new long[n];
      for (int i = 0; i < n; i++) {
        targets[i] = (long) y[i];
      }
      long[] shape = new long[1 + data.inputShape().rank()];
      shape[0] = n;
      for (int i = 1; i < shape.length; i++) {
        shape[i] = data.inputShape().extent(i - 1);
      }
      inputs.add(Tensor.create(narrow, shape));
      labels.add(Tensor.create(targets, n));
      shares.add(new Scalar((double) n / data.size()));
    }
    this.kept = new TensorVector[inputs.size()];
    this.parameters = tensors(network.parameterVector());
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).requires_grad_(true);
    }
  }

  /** One tensor for each parameter. */
  private TensorVector tensors(double[] flat) {
    TensorVector tensors = new TensorVector();
    for (Parameter parameter : network.parameters()) {
      float[] part = new float[parameter.size()];
      for (int i = 0; i < part.length; i++) {
        part[i] = (float) flat[parameter.offset() + i];
      }
      long[] shape = new long[parameter.shape().rank()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = parameter.shape().extent(i);
      }
      tensors.push_back(Tensor.create(part, shape));
    }
    return tensors;
  }

  private double[] flat(TensorVector tensors) {
    double[] flat = new double[network.parameterCount()];
    for (Parameter parameter : network.parameters()) {
      try (PointerScope scope = new PointerScope()) {
        float[] part = new float[parameter.size()];
        tensors.get(parameter.index()).contiguous().data_ptr_float().get(part);
        for (int i = 0; i < part.length; i++) {
          flat[parameter.offset() + i] = part[i];
        }
      }
    }
    return flat;
  }

  private Tensor loss(int batch) {
    return loss(batch, parameters);
  }

  private Tensor loss(int batch, TensorVector at) {
    Tensor[] values = new Tensor[network.nodes().size()];
    for (Node node : network.nodes()) {
      values[node.index()] =
          node.inputs().isEmpty() ? inputs.get(batch) : value(node, values[node.input()], at);
    }
    return torch.cross_entropy_loss(values[values.length - 1], labels.get(batch));
  }

  private Tensor value(Node node, Tensor x, TensorVector at) {
    Layer layer = node.layer();
    if (layer instanceof Layer.Dense) {
      return torch.linear(x, weight(node, at), bias(node, at));
    } else if (layer instanceof Layer.Convolution convolution) {
      Window w = convolution.window();
      long[] stride = {w.strideHeight(), w.strideWidth()};
      long[] padding = {w.padTop(), w.padLeft()};
      return torch.conv2d(
          x,
          weight(node, at),
          bias(node, at),
          stride,
          padding,
          new long[] {1, 1},
          convolution.groups());
    } else if (layer instanceof Layer.Activate activate) {
      return activate.function().kind() == Activation.Kind.TANH ? torch.tanh(x) : torch.relu(x);
    } else if (layer instanceof Layer.MaxPool pool) {
      Window w = pool.window();
      long[] kernel = {w.kernelHeight(), w.kernelWidth()};
      long[] stride = {w.strideHeight(), w.strideWidth()};
      return torch.max_pool2d(x, kernel, stride, new long[] {0, 0}, new long[] {1, 1}, false);
    } else if (layer instanceof Layer.AveragePool pool) {
      Window w = pool.window();
      long[] kernel = {w.kernelHeight(), w.kernelWidth()};
      return torch.avg_pool2d(
          x, kernel, kernel, new long[] {0, 0}, false, true, new LongOptional());
    } else if (layer instanceof Layer.Reshape) {
      return torch.flatten(x, 1, -1);
    }
    throw new IllegalArgumentException("the peer knows no layer " + layer);
  }

  private static Tensor weight(Node node, TensorVector at) {
    return at.get(node.weight());
  }

  private static TensorOptional bias(Node node, TensorVector at) {
    return node.bias() < 0 ? new TensorOptional() : new TensorOptional(at.get(node.bias()));
  }

  /** A batch's gradient, with its graph if wanted. */
  private TensorVector gradient(int batch, boolean graph) {
    return torch.grad(
        new TensorVector(loss(batch)),
        parameters,
        new TensorVector(),
        new BoolOptional(graph),
        graph,
        false);
  }

  @Override
  public void vectors(double[][] given) {
    vectors = new TensorVector[given.length];
    products = new TensorVector[given.length];
    for (int i = 0; i < given.length; i++) {
      vectors[i] = tensors(given[i]);
    }
  }

  @Override
  public void products(Graph graph) {
    TensorVector[] sums = new TensorVector[vectors.length];
    try (PointerScope scope = new PointerScope()) {
      for (int batch = 0; batch < kept.length; batch++) {
        TensorVector first = null;
        if (graph == Graph.KEPT) {
          if (kept[batch] == null) {
            kept[batch] = gradient(batch, true);
            kept[batch].retainReference();
          }
          first = kept[batch];
        } else if (graph == Graph.SHARED) {
          first = gradient(batch, true);
        }
        for (int i = 0; i < vectors.length; i++) {
          TensorVector from = graph == Graph.EACH ? gradient(batch, true) : first;
          TensorVector product =
              torch.grad(
                  from,
                  parameters,
                  vectors[i],
                  new BoolOptional(graph != Graph.EACH),
                  false,
                  false);
          sums[i] = add(sums[i], product, batch);
        }
      }
      for (TensorVector sum : sums) {
        sum.retainReference();
      }
    }
    for (TensorVector old : products) {
      if (old != null) {
        old.releaseReference();
      }
    }
    products = sums;
  }

  /** sum + share · part. */
  private TensorVector add(TensorVector sum, TensorVector part, int batch) {
    if (kept.length == 1) {
      return part;
    }
    for (int i = 0; i < part.size(); i++) {
      if (sum == null) {
        part.get(i).mul_(shares.get(batch));
      } else {
        sum.get(i).add_(part.get(i), shares.get(batch));
      }
    }
    return sum == null ? part : sum;
  }

  @Override
  public double[][] readProducts() {
    double[][] read = new double[products.length][];
    for (int i = 0; i < read.length; i++) {
      read[i] = flat(products[i]);
    }
    return read;
  }

  @Override
  public double value(double[] theta) {
    double value = 0;
    try (PointerScope scope = new PointerScope()) {
      // Of tensors that require no gradient libtorch keeps no graph.
      TensorVector at = tensors(theta);
      for (int batch = 0; batch < kept.length; batch++) {
        value += loss(batch, at).item_float() * shares.get(batch).toDouble();
      }
    }
    return value;
  }

  @Override
  public double gradient() {
    double value = 0;
    TensorVector sum = null;
    try (PointerScope scope = new PointerScope()) {
      for (int batch = 0; batch < kept.length; batch++) {
        Tensor loss = loss(batch);
        TensorVector part =
            torch.grad(
                new TensorVector(loss),
                parameters,
                new TensorVector(),
                new BoolOptional(false),
                false,
                false);
        sum = add(sum, part, batch);
        value += loss.item_float() * shares.get(batch).toDouble();
      }
      sum.retainReference();
    }
    if (gradient != null) {
      gradient.releaseReference();
    }
    gradient = sum;
    return value;
  }

  @Override
  public double[] readGradient() {
    return flat(gradient);
  }

  @Override
  public double[][] denseBlock(int parameter) {
    int size = network.parameters().get(parameter).size();
    double[][] rows = new double[size][size];
    for (int batch = 0; batch < kept.length; batch++) {
      try (PointerScope scope = new PointerScope()) {
        TensorVector only = new TensorVector(parameters.get(parameter));
        Tensor first =
            torch
                .grad(
                    new TensorVector(loss(batch)),
                    only,
                    new TensorVector(),
                    new BoolOptional(true),
                    true,
                    false)
                .get(0)
                .flatten();
        double share = shares.get(batch).toDouble();
        for (int i = 0; i < size; i++) {
          try (PointerScope row = new PointerScope()) {
            Tensor second =
                torch
                    .grad(
                        new TensorVector(first.select(0, i)),
                        only,
                        new TensorVector(),
                        new BoolOptional(true),
                        false,
                        false)
                    .get(0);
            float[] entries = new float[size];
            second.contiguous().data_ptr_float().get(entries);
            for (int j = 0; j < size; j++) {
              rows[i][j] += share * entries[j];
            }
          }
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    for (TensorVector graph : kept) {
      if (graph != null) {
        graph.releaseReference();
      }
    }
  }
}
