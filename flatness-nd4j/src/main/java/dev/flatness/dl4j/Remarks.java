package dev.flatness.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Notes what DL4J does with a part in training and the network here does not. */
final class Remarks {
  private Remarks() {}

  static void of(Part part, Assembly assembly) {
    Layer layer = part.layer();
    if (layer == null) {
      return;
    }
    if (layer.getIDropout() != null || layer instanceof DropoutLayer) {
      assembly.note("dropout is left out, as in inference");
    }
    if (part.frozen()) {
      assembly.note("frozen layers: their parameters are parameters here like all others");
    }
    if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
      assembly.note("constraints on parameters are left out");
    }
    if (layer instanceof BaseLayer base) {
      if (base.getWeightNoise() != null) {
        assembly.note("noise on weights is left out, as in inference");
      }
      if (present(base.getRegularization()) || present(base.getRegularizationBias())) {
        assembly.note(
            "regularization (L1, L2, weight decay) is part of DL4J's score, not of the loss here");
      }
    }
  }

  private static boolean present(@Nullable List<Regularization> list) {
    return list != null && !list.isEmpty();
  }
}
