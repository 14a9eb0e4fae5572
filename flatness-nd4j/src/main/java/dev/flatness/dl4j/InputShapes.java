package dev.flatness.dl4j;

import dev.flatness.tensor.Shape;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** The shape of one input, which a configuration holds only for some first layers. */
final class InputShapes {
  private InputShapes() {}

  /** The shape that the first layers ask for. */
  static Shape of(Topology topology) {
    Set<String> passed = new HashSet<>(Set.of(topology.input()));
    for (Part part : topology.parts()) {
      if (part.inputs().stream().noneMatch(passed::contains)) {
        continue;
      }
      Optional<Shape> shape = of(part);
      if (shape.isPresent()) {
        return shape.get();
      }
      if (part.preprocessor() == null
          && (part.layer() instanceof ActivationLayer
              || part.layer() instanceof DropoutLayer
              || part.layer() instanceof BatchNormalization)) {
        passed.add(part.key());
      }
    }
    throw new IllegalArgumentException(
        "the configuration does not hold the shape of the input (DL4J does not store"
            + " InputType.convolutional); give the shape of one sample, channels first, for instance 4 or"
            + " 3,32,32 (in Java the extents after the model, in the command --input-shape)");
  }

  private static Optional<Shape> of(Part part) {
    if (part.preprocessor() instanceof FeedForwardToCnnPreProcessor map) {
      int[] extents = Vertices.map(map);
      return Optional.of(
          Shape.of(Math.multiplyExact(Math.multiplyExact(extents[0], extents[1]), extents[2])));
    }
    if (part.preprocessor() instanceof CnnToFeedForwardPreProcessor flat
        && flat.getNumChannels() > 0
        && flat.getInputHeight() > 0
        && flat.getInputWidth() > 0) {
      return Optional.of(
          Shape.of(
              Math.toIntExact(flat.getNumChannels()),
              Math.toIntExact(flat.getInputHeight()),
              Math.toIntExact(flat.getInputWidth())));
    }
    if (part.preprocessor() == null
        && part.layer() instanceof FeedForwardLayer layer
        && (layer instanceof DenseLayer
            || layer instanceof OutputLayer
            || layer instanceof ElementWiseMultiplicationLayer)) {
      return Optional.of(Shape.of(Math.toIntExact(layer.getNIn())));
    }
    return Optional.empty();
  }
}
