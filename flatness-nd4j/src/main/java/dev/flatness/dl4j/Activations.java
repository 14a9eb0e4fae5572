package dev.flatness.dl4j;

import dev.flatness.network.Activation;
import dev.flatness.tensor.Shape;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** The activations of DL4J as those of the library. */
final class Activations {
  // The constants of SELU as libnd4j has them.
  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
  private static final double SELU_LAMBDA = 1.0507009873554804934193349852946;

  // Constants of the type float in libnd4j, whatever the type of the model.
  private static final double GELU_FACTOR = 1.702f;

  private Activations() {}

  /** The activation that a layer applies, if it has one. */
  static @Nullable IActivation of(@Nullable Layer layer) {
    if (layer instanceof ActivationLayer activation) {
      return activation.getActivationFn();
    }
    return layer instanceof BaseLayer base && !(base instanceof BatchNormalization)
        ? base.getActivationFn()
        : null;
  }

  /** The nodes of an activation; none for the identity. */
  static Step step(@Nullable IActivation activation) {
    if (activation == null) {
      throw new NoCounterpartException("it names no activation");
    }
    if (activation instanceof ActivationSoftmax) {
      return (assembly, inputs) -> {
        Shape read = assembly.builder().shape(inputs[0]);
        if (read.rank() != 1) {
          assembly.refuse(
              "its softmax reads a value of shape "
                  + read
                  + ", expected one axis; flatten it or pool it before");
          return inputs[0];
        }
        return assembly.builder().softmax(assembly.name(".softmax"), inputs[0], false);
      };
    }
    Step all = Step.NOTHING;
    for (Activation function : functions(activation)) {
      all =
          all.then(
              (assembly, inputs) ->
                  assembly.builder().activate(assembly.name(".activation"), inputs[0], function));
    }
    return all;
  }

  private static List<Activation> functions(IActivation activation) {
    // Classes that could be user's own subclasses are compared as they are.
    Class<?> kind = activation.getClass();
    if (kind == ActivationIdentity.class) {
      return List.of();
    } else if (kind == ActivationReLU.class) {
      return List.of(relu((ActivationReLU) activation));
    } else if (kind == ActivationLReLU.class) {
      return List.of(Activation.leakyRelu(((ActivationLReLU) activation).getAlpha()));
    } else if (kind == ActivationELU.class) {
      return List.of(Activation.elu(((ActivationELU) activation).getAlpha()));
    } else if (kind == ActivationThresholdedReLU.class) {
      double theta = ((ActivationThresholdedReLU) activation).getTheta();
      return List.of(Activation.thresholdedRelu(theta));
    } else if (kind == ActivationGELU.class) {
      // x·σ(1.702x). What DL4J calls precise cubes 0.044715x, not x, and is no GELU.
      if (activation.toString().contains("precise=true")) {
        throw new NoCounterpartException("its precise GELU is another function than GELU here");
      }
      return List.of(Activation.silu(GELU_FACTOR));
    } else if (kind == ActivationRectifiedTanh.class) {
      return List.of(Activation.TANH, Activation.RELU);
    }
    return List.of(constant(kind));
  }

  private static Activation constant(Class<?> kind) {
    if (kind == ActivationTanH.class) {
      return Activation.TANH;
    } else if (kind == ActivationSigmoid.class) {
      return Activation.SIGMOID;
    } else if (kind == ActivationReLU6.class) {
      return Activation.clip(0, 6);
    } else if (kind == ActivationHardTanH.class) {
      return Activation.clip(-1, 1);
    } else if (kind == ActivationHardSigmoid.class) {
      return Activation.hardSigmoid(0.2f, 0.5);
    } else if (kind == ActivationSoftPlus.class) {
      return Activation.SOFTPLUS;
    } else if (kind == ActivationSoftSign.class) {
      return Activation.SOFTSIGN;
    } else if (kind == ActivationSwish.class) {
      return Activation.SILU;
    } else if (kind == ActivationMish.class) {
      return Activation.MISH;
    } else if (kind == ActivationSELU.class) {
      return Activation.selu(SELU_ALPHA, SELU_LAMBDA);
    }
    throw new NoCounterpartException("its activation " + kind.getSimpleName() + " is none here");
  }

  private static Activation relu(ActivationReLU relu) {
    double max = relu.getMax() == null ? Double.POSITIVE_INFINITY : relu.getMax();
    double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
    double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
    boolean endless = max == Double.POSITIVE_INFINITY;
    if (threshold == 0 && endless) {
      return slope == 0 ? Activation.RELU : Activation.leakyRelu(slope);
    } else if (threshold == 0 && slope == 0 && max >= 0) {
      return Activation.clip(0, max);
    } else if (endless && slope == 0) {
      return Activation.thresholdedRelu(threshold);
    }
    throw new NoCounterpartException("its ReLU combines a slope, a threshold or a maximum");
  }
}
