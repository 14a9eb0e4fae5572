package dev.flatness.hessian;

import dev.flatness.network.Network;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The endless row of disjoint boxes of Dinh's Theorem 2, without their radius: a free class with
 * its weights and biases in, θ₁, and its weights out, θ₂.
 */
record VolumeCertificate(ScaleClasses classes, int scaleClass, int in, int out, double largestIn) {
  /** Of the classes with something on both sides the one whose boxes grow fastest, |n₁ − n₂|. */
  static Optional<VolumeCertificate> of(Network network) {
    ScaleClasses classes = ScaleClasses.of(network);
    int free = classes.freeCount();
    double[] theta = network.parameterVector();
    int[] in = new int[free];
    int[] out = new int[free];
    double[] largestIn = new double[free];
    boolean[] leaves = new boolean[free];
    classes.forEachEdge(
        (position, from, to) -> {
          if (from == to) {
            return;
          }
          if (to < free) {
            in[to]++;
            largestIn[to] = Math.max(largestIn[to], Math.abs(theta[position]));
          }
          if (from >= 0 && from < free) {
            out[from]++;
            leaves[from] |= theta[position] != 0;
          }
        });
    int best = -1;
    for (int c = 0; c < free; c++) {
      if (leaves[c]
          && largestIn[c] > 0
          && (best < 0 || Math.abs(in[c] - out[c]) > Math.abs(in[best] - out[best]))) {
        best = c;
      }
    }
    return best < 0
        ? Optional.empty()
        : Optional.of(new VolumeCertificate(classes, best, in[best], out[best], largestIn[best]));
  }

  /** r′ = min(r, ½ ‖θ₁‖∞): the class keeps a parameter that is not 0 in the whole box. */
  double radius(double r) {
    return Math.min(r, largestIn / 2);
  }

  /** α = 2 (‖θ₁‖∞ + r′) / (‖θ₁‖∞ − r′): the largest |entry| of θ₁ tells the boxes apart. */
  double alpha(double radius) {
    return 2 * (largestIn + radius) / (largestIn - radius);
  }

  /** Boxes do not shrink: θ₁ grows if it has at least as many entries as θ₂. */
  boolean grows() {
    return in >= out;
  }

  /** T_α^k, or T_{1/α}^k: the center of box k. */
  Rescaling rescaling(double alpha, int k) {
    double factor = Math.pow(alpha, grows() ? k : -k);
    return Rescaling.identity(classes).with(scaleClass, factor);
  }

  /** ln (2r′)^p α^{k |n₁ − n₂|}. */
  double logVolume(int parameters, double radius, int k) {
    return parameters * Math.log(2 * radius)
        + (double) k * Math.abs(in - out) * Math.log(alpha(radius));
  }

  Map<String, Object> certificate(int parameters, double r, SublevelBox box) {
    double radius = radius(r);
    double alpha = alpha(radius);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("scaleClass", classes.describe(scaleClass));
    facts.put("incoming", in);
    facts.put("outgoing", out);
    facts.put("largestIncoming", largestIn);
    facts.put("sampledRadius", r);
    facts.put("sampledPoints", box.points());
    facts.put("lookedAtRadius", 2 * r);
    facts.put("lookedAt", box.lookedAt());
    facts.put("highestIncrease", box.highest());
    facts.put("radius", radius);
    facts.put("alpha", alpha);
    facts.put("transformation", grows() ? "T_alpha" : "T_1/alpha");
    List<Double> volumes =
        Arrays.stream(new int[] {0, 1, 2, 3})
            .mapToObj(k -> logVolume(parameters, radius, k))
            .toList();
    facts.put("logVolumes", volumes);
    return facts;
  }
}
