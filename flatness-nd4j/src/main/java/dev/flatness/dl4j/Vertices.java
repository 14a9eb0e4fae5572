package dev.flatness.dl4j;

import dev.flatness.network.GraphBuilder;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** The step of each kind of vertex without a layer, and of each pre-processor. */
final class Vertices {
  private Vertices() {}

  /**
   * Finds the step.
   *
   * @throws NoCounterpartException if there is none, with the reason
   */
  static Step step(GraphVertex vertex) {
    Class<?> kind = vertex.getClass();
    if (kind == ElementWiseVertex.class) {
      return elementWise(((ElementWiseVertex) vertex).getOp());
    } else if (kind == MergeVertex.class) {
      int axis = ((MergeVertex) vertex).getMergeAxis();
      if (axis != 1) {
        throw new NoCounterpartException("it merges along axis " + axis + ", expected 1");
      }
      return (assembly, read) ->
          read.length == 1 ? read[0] : assembly.builder().concatenate(assembly.name(), read);
    } else if (kind == ScaleVertex.class) {
      return constant(((ScaleVertex) vertex).getScaleFactor(), 0);
    } else if (kind == ShiftVertex.class) {
      return constant(1, ((ShiftVertex) vertex).getShiftFactor());
    } else if (kind == SubsetVertex.class) {
      SubsetVertex subset = (SubsetVertex) vertex;
      return subset(subset.getFrom(), subset.getTo());
    } else if (kind == ReshapeVertex.class) {
      return reshape((ReshapeVertex) vertex);
    } else if (kind == PreprocessorVertex.class) {
      return preprocessor(((PreprocessorVertex) vertex).getPreProcessor());
    }
    throw new NoCounterpartException("there is no such layer here");
  }

  private static Step constant(double scale, double shift) {
    return (assembly, read) ->
        assembly.builder().constant(assembly.name(), read[0], List.of(scale), List.of(shift));
  }

  private static Step elementWise(ElementWiseVertex.Op op) {
    return switch (op) {
      case Add -> (assembly, read) -> sum(assembly, read);
      case Average ->
          (assembly, read) -> {
            int sum = sum(assembly, read);
            return assembly
                .builder()
                .constant(assembly.name(".average"), sum, List.of(1.0 / read.length), List.of(0.0));
          };
      case Subtract ->
          (assembly, read) -> {
            int[] terms = read.clone();
            terms[1] =
                assembly
                    .builder()
                    .constant(assembly.name(".minus"), read[1], List.of(-1.0), List.of(0.0));
            return sum(assembly, terms);
          };
      default -> throw new NoCounterpartException("there is no layer here for its operation " + op);
    };
  }

  private static int sum(Assembly assembly, int[] read) {
    return read.length == 1 ? read[0] : assembly.builder().add(assembly.name(), read);
  }

  private static Step subset(int from, int to) {
    return (assembly, read) -> {
      int[] extents = assembly.builder().shape(read[0]).toArray();
      if (from < 0 || to < from || to >= extents[0]) {
        throw new IllegalArgumentException(
            "vertex \""
                + assembly.name()
                + "\" takes the entries "
                + from
                + " to "
                + to
                + " of "
                + extents[0]);
      }
      extents[0] = to - from + 1;
      return Selection.of(
          assembly,
          read[0],
          Shape.of(extents),
          at -> {
            at[0] += from;
            return at;
          });
    };
  }

  private static Step reshape(ReshapeVertex vertex) {
    int[] shape = vertex.getNewShape();
    boolean plain =
        shape != null
            && shape.length > 1
            && shape[0] == -1
            && Arrays.stream(shape).skip(1).allMatch(extent -> extent > 0);
    if (!plain || vertex.getReshapeOrder() != 'c') {
      throw new NoCounterpartException(
          "its shape is "
              + Arrays.toString(shape)
              + " in order '"
              + vertex.getReshapeOrder()
              + "', expected −1 for the batch, positive numbers and order 'c'");
    }
    return (assembly, read) ->
        assembly
            .builder()
            .reshape(assembly.name(), read[0], Arrays.copyOfRange(shape, 1, shape.length));
  }

  /**
   * Finds the step of a pre-processor.
   *
   * @throws NoCounterpartException if there is none, with the reason
   */
  static Step preprocessor(InputPreProcessor preprocessor) {
    Class<?> kind = preprocessor.getClass();
    if (kind == CnnToFeedForwardPreProcessor.class) {
      if (((CnnToFeedForwardPreProcessor) preprocessor).getFormat() == CNN2DFormat.NHWC) {
        throw new NoCounterpartException(
            "it flattens channels last (NHWC); rebuild the model with NCHW and put the rows of its"
                + " weight, which go by height, width and channel, in the order of channel, height"
                + " and width");
      }
      return (assembly, read) -> {
        GraphBuilder builder = assembly.builder();
        return builder.shape(read[0]).rank() == 1
            ? read[0]
            : builder.flatten(assembly.name(".flatten"), read[0]);
      };
    } else if (kind == FeedForwardToCnnPreProcessor.class) {
      int[] map = map((FeedForwardToCnnPreProcessor) preprocessor);
      return (assembly, read) -> {
        GraphBuilder builder = assembly.builder();
        return builder.shape(read[0]).rank() == 3
            ? read[0]
            : builder.reshape(assembly.name(".map"), read[0], map);
      };
    } else if (kind == ComposableInputPreProcessor.class) {
      Step all = Step.NOTHING;
      for (InputPreProcessor each :
          ((ComposableInputPreProcessor) preprocessor).getInputPreProcessors()) {
        all = all.then(preprocessor(each));
      }
      return all;
    }
    throw new NoCounterpartException(
        "its pre-processor " + kind.getSimpleName() + " has no counterpart here");
  }

  /** Channels, height and width. */
  static int[] map(FeedForwardToCnnPreProcessor preprocessor) {
    long[] map = {
      preprocessor.getNumChannels(), preprocessor.getInputHeight(), preprocessor.getInputWidth()
    };
    if (Arrays.stream(map).anyMatch(extent -> extent < 1 || extent > Integer.MAX_VALUE)) {
      throw new NoCounterpartException(
          "its pre-processor makes a feature map of " + Arrays.toString(map));
    }
    return Arrays.stream(map).mapToInt(extent -> (int) extent).toArray();
  }
}
