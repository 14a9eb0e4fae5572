package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.symmetry.DeadClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every measure of group {@code all} on random networks, against dense derivatives that another
 * evaluation computes.
 *
 * <p>Exact numbers and converged iterations agree to 1e-9 of the size of what they are summed from:
 * both sides round some thousand times at 1e-16, and eigenvalues are asked for to 1e-12. Estimates
 * lie within six standard errors. Searches find at least what their starting points have.
 */
class DifferentialTest {
  private static final int DRAWS = 700;

  /** What the draws must have among them, each at least so often. */
  private static final int LEAST = 10;

  private static final Activation RELU6 = Activation.clip(0, 6);

  private static final Map<String, Predicate<Network>> KINDS =
      Map.ofEntries(
          Map.entry("stride", window(w -> w.strideHeight() + w.strideWidth() > 2)),
          Map.entry("padding", window(Window::padded)),
          Map.entry("dilation", window(w -> w.dilationHeight() + w.dilationWidth() > 2)),
          Map.entry("groups", layer(l -> l instanceof Layer.Convolution c && c.groups() > 1)),
          Map.entry("maximum pooling", layer(l -> l instanceof Layer.MaxPool)),
          Map.entry("average pooling", layer(l -> l instanceof Layer.AveragePool)),
          Map.entry("zero padding", layer(l -> l instanceof Layer.ZeroPad)),
          Map.entry("sum", layer(l -> l instanceof Layer.Add)),
          Map.entry("concatenation", layer(l -> l instanceof Layer.Concatenate)),
          Map.entry("affine", layer(l -> l instanceof Layer.Affine)),
          Map.entry("scale alone", affine(node -> node.bias() < 0)),
          Map.entry("shift alone", affine(node -> node.weight() < 0)),
          Map.entry(
              "one shift for all channels",
              network ->
                  affine(
                          node ->
                              node.bias() >= 0
                                  && network.bias(node).size() < node.shape().extent(0))
                      .test(network)),
          Map.entry("constant", layer(l -> l instanceof Layer.Constant)),
          Map.entry("transpose", layer(l -> l instanceof Layer.Transpose)),
          Map.entry("bias", network -> network.nodes().stream().anyMatch(n -> n.bias() >= 0)),
          Map.entry("shared weight", Network::sharesParameters),
          Map.entry("dead unit", network -> DeadClasses.of(network).count() > 0),
          Map.entry(
              "weight of 0",
              network -> Arrays.stream(network.parameterVector()).anyMatch(w -> w == 0)),
          Map.entry("linear map", layer(l -> l instanceof Layer.LinearMap)),
          Map.entry("softmax at the end", n -> n.output().layer() instanceof Layer.Softmax),
          Map.entry(
              "ReLU6", layer(l -> l instanceof Layer.Activate a && a.function().equals(RELU6))),
          Map.entry("activation at the end", n -> n.output().layer() instanceof Layer.Activate));

  private static Predicate<Network> layer(Predicate<Layer> of) {
    return network -> network.nodes().stream().anyMatch(node -> of.test(node.layer()));
  }

  private static Predicate<Network> affine(Predicate<Node> of) {
    return network ->
        network.nodes().stream()
            .anyMatch(node -> node.layer() instanceof Layer.Affine && of.test(node));
  }

  private static Predicate<Network> window(Predicate<Window> of) {
    return layer(
        l ->
            (l instanceof Layer.Convolution c && of.test(c.window()))
                || (l instanceof Layer.MaxPool m && of.test(m.window()))
                || (l instanceof Layer.AveragePool a && of.test(a.window())));
  }

  @Test
  void everyMeasureAgreesWithDenseDerivatives() {
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<String> measured = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Network> networks = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Map<String, Double>> scores = new ConcurrentLinkedQueue<>();
    IntStream.range(0, DRAWS)
        .parallel()
        .forEach(
            number -> {
              DifferentialDraw draw = new DifferentialDraw(number);
              wrong.addAll(draw.check());
              measured.addAll(draw.ids());
              scores.add(draw.scores());
              networks.add(draw.network());
            });
    assertThat(wrong).isEmpty();
    averagesHaveNoBias(scores);
    assertThat(measured)
        .containsAll(MeasureCatalog.installed().select(List.of(DifferentialDraw.MEASURES)).ids());
    Map<String, Integer> counts = new TreeMap<>();
    for (Activation.Kind kind : Activation.Kind.values()) {
      counts.put(kind.name(), 0);
    }
    for (Network network : networks) {
      KINDS.forEach((kind, has) -> counts.merge(kind, has.test(network) ? 1 : 0, Integer::sum));
      for (Activation.Kind kind : activations(network)) {
        counts.merge(kind.name(), 1, Integer::sum);
      }
    }
    assertThat(counts).allSatisfy((kind, count) -> assertThat(count).isGreaterThanOrEqualTo(LEAST));
  }

  private static List<Activation.Kind> activations(Network network) {
    return network.nodes().stream()
        .filter(node -> node.layer() instanceof Layer.Activate)
        .map(node -> ((Layer.Activate) node.layer()).function().kind())
        .distinct()
        .toList();
  }

  /** One average may be six standard errors off, the mean over all draws not by four of its own. */
  private static void averagesHaveNoBias(Collection<Map<String, Double>> draws) {
    Map<String, List<Double>> byId = new TreeMap<>();
    for (Map<String, Double> draw : draws) {
      draw.forEach((id, score) -> byId.computeIfAbsent(id, any -> new ArrayList<>()).add(score));
    }
    assertThat(byId).hasSize(3);
    byId.forEach(
        (id, scores) -> {
          int n = scores.size();
          double mean = scores.stream().mapToDouble(score -> score).sum() / n;
          double squares = scores.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
          assertThat(n).as(id).isGreaterThan(50);
          assertThat(Math.abs(mean)).as(id).isLessThan(4 * Math.sqrt(squares / (n - 1) / n));
        });
  }
}
