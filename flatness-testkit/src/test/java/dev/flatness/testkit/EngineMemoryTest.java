package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.internal.engine.EngineOptions;
import dev.flatness.internal.engine.InputSpread;
import dev.flatness.internal.engine64.NetworkEngine;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.Gemms;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a pass plans bounds what it takes; smaller chunks fit where larger ones do not. */
class EngineMemoryTest {
  private static final int SAMPLES = 40;

  private static NetworkEngine engine(Network network, long memory) {
    Dataset data = RandomDatasets.real(network, SAMPLES, Seed.of(5));
    EngineOptions options =
        new EngineOptions(Precision.FLOAT64, 2, 0, 0, 0, memory, Gemms.plain(), 0);
    return new NetworkEngine(network, data, SquaredError.summed(), options);
  }

  /** Bytes of all arrays that are reached from an object through classes of the engine. */
  private static long bytes(Object from, Set<Object> seen) throws IllegalAccessException {
    if (from == null || !seen.add(from)) {
      return 0;
    }
    Class<?> type = from.getClass();
    if (type.isArray()) {
      int length = Array.getLength(from);
      if (type.getComponentType().isPrimitive()) {
        boolean wide = from instanceof double[] || from instanceof long[];
        return (long) length * (wide ? 8 : from instanceof boolean[] ? 1 : 4);
      }
      long sum = 0;
      for (int i = 0; i < length; i++) {
        sum += bytes(Array.get(from, i), seen);
      }
      return sum;
    }
    if (!type.getName().matches(".*\\.(Worker|Frame|Primal|Head|Chunks\\$Reader)")) {
      return 0;
    }
    long sum = 0;
    for (Field field : type.getDeclaredFields()) {
      if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
        field.setAccessible(true);
        sum += bytes(field.get(from), seen);
      }
    }
    return sum;
  }

  private static Object field(NetworkEngine engine, String name)
      throws ReflectiveOperationException {
    Field field = NetworkEngine.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(engine);
  }

  /** What the workers hold now, without what they share. */
  private static long held(NetworkEngine engine) throws ReflectiveOperationException {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.add(field(engine, "theta"));
    seen.add(field(engine, "directions"));
    return bytes(field(engine, "workers"), seen);
  }

  private static double[][] random(int k, int p) {
    double[][] vectors = new double[k][];
    Arrays.setAll(vectors, i -> Seed.of(i).generator().doubles(p).toArray());
    return vectors;
  }

  private static Map<String, Consumer<NetworkEngine>> passes(Network network) {
    double[] theta = network.parameterVector();
    int p = theta.length;
    boolean[] all = new boolean[network.parameters().size()];
    Arrays.fill(all, true);
    List<Node> layers = network.weightLayers();
    double[][] weights = new double[layers.size()][];
    Arrays.setAll(weights, l -> random(1, network.weight(layers.get(l)).size())[0]);
    int[][] position = {{p / 2}};
    Map<String, Consumer<NetworkEngine>> passes = new LinkedHashMap<>();
    passes.put("value", engine -> engine.evaluate(theta));
    passes.put("gradient", engine -> engine.gradient(theta, new double[p]));
    for (int k : new int[] {1, 3, 8}) {
      passes.put(
          k + " products",
          engine -> engine.products(Curvature.HESSIAN, theta, all, random(k, p), new double[k][p]));
    }
    passes.put(
        "layer products",
        engine -> engine.layerProducts(theta, layers, weights, weights.clone(), false));
    passes.put(
        "form", engine -> engine.quadraticForms(theta, position, new double[][] {{1}}, false));
    if (!network.sharesParameters()) {
      passes.put("forms", engine -> engine.closedForms(theta, layers, InputSpread.none()));
    }
    return passes;
  }

  @Test
  void whatAPassPlansBoundsWhatItTakes() throws ReflectiveOperationException {
    double tightest = 0;
    for (int draw = 0; draw < 60; draw++) {
      Network network =
          RandomNetworks.withDefaults()
              .withMaximumParameters(400)
              .withSmoothActivations(draw % 2 == 1)
              .withOddities(draw % 3 == 0)
              .withRareLayers(true)
              .draw(Seed.of(23).split(draw));
      for (Map.Entry<String, Consumer<NetworkEngine>> pass : passes(network).entrySet()) {
        NetworkEngine engine = engine(network, Long.MAX_VALUE);
        pass.getValue().accept(engine);
        String name = "draw " + draw + " " + network + ", " + pass.getKey();
        long held = held(engine);
        assertThat(held).as(name).isPositive().isLessThanOrEqualTo(engine.plannedBytes());
        tightest = Math.max(tightest, (double) held / engine.plannedBytes());
      }
    }
    // A bound that is far too large would refuse what fits.
    assertThat(tightest).isGreaterThan(0.3);
  }

  @Test
  void smallerChunksAndBlocksGiveTheSameNumbers() {
    for (int draw = 0; draw < 20; draw++) {
      Network network =
          RandomNetworks.withDefaults().withMaximumParameters(200).draw(Seed.of(29).split(draw));
      double[] theta = network.parameterVector();
      int p = theta.length;
      boolean[] all = new boolean[network.parameters().size()];
      Arrays.fill(all, true);
      NetworkEngine free = engine(network, Long.MAX_VALUE);
      double[][] expected = new double[5][p];
      free.products(Curvature.HESSIAN, theta, all, random(5, p), expected);
      assertThat(free.notes()).isEmpty();
      NetworkEngine narrow = engine(network, least(network));
      assertThat(narrow.refusal(true)).isEmpty();
      double[][] found = new double[5][p];
      narrow.products(Curvature.HESSIAN, theta, all, random(5, p), found);
      assertThat(narrow.notes()).isNotEmpty().allMatch(note -> note.contains(" instead of "));
      double largest =
          Arrays.stream(expected).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
      for (int i = 0; i < 5; i++) {
        for (int e = 0; e < p; e++) {
          assertThat(found[i][e]).isCloseTo(expected[i][e], within(1e-12 * largest));
        }
      }
      NetworkEngine none = engine(network, least(network) / 2);
      assertThat(none.refusal(true)).isPresent();
      assertThatThrownBy(
              () -> none.products(Curvature.HESSIAN, theta, all, random(1, p), new double[1][p]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(none.refusal(true).orElseThrow());
    }
  }

  @Test
  void theFactorOfManyClassesIsNeverWhole() throws ReflectiveOperationException {
    int classes = 3000;
    double[] weight = Vectors.gaussian(4 * classes, Seed.of(2));
    Network network =
        Network.sequential(4).dense("out", Tensor.of(weight, classes, 4), null).build();
    EngineOptions options =
        new EngineOptions(Precision.FLOAT64, 2, 0, 0, 0, Long.MAX_VALUE, Gemms.plain(), 0);
    NetworkEngine engine =
        new NetworkEngine(
            network,
            RandomDatasets.labelled(network, 4, Seed.of(3)),
            SoftmaxCrossEntropy.onLogits(),
            options);
    engine.closedForms(network.parameterVector(), network.weightLayers(), InputSpread.none());
    assertThat(held(engine)).isLessThan(8L * classes * classes / 4);
    assertThat(engine.plannedBytes()).isLessThan(8L * classes * classes / 4);
  }

  /** The least memory with which one product is not refused. */
  private static long least(Network network) {
    long low = 0;
    long high = 1L << 32;
    while (high - low > 1000) {
      long middle = (low + high) / 2;
      if (engine(network, middle).refusal(true).isPresent()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
