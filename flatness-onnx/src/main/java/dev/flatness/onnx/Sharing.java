package dev.flatness.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Decides which layers that use one constant of the file share a parameter. A weight matrix that is
 * used twice is one parameter. A bias is shared between layers that share their weight; else the
 * exporter stored equal tensors once, and every layer gets a bias of its own.
 */
final class Sharing {
  private Sharing() {}

  /** Takes apart what does not belong together; with untie everything. */
  static void decide(Context context, List<Step> live, boolean untie) {
    if (untie) {
      users(live, Step::weight).forEach((root, steps) -> untied(context, root, steps));
    }
    biases(context, live, untie);
  }

  /** Takes apart the biases alone, once more where a layer got its bias by folding. */
  static void biases(Context context, List<Step> live, boolean untie) {
    users(live, Step::bias).forEach((root, steps) -> apart(context, root, steps, untie));
  }

  private static Map<String, List<Step>> users(
      List<Step> live, Function<Step, Step.Weights> parameter) {
    Map<String, List<Step>> users = new LinkedHashMap<>();
    for (Step step : live) {
      if (step.layer().hasWeightMatrix()) {
        collect(users, parameter.apply(step), step);
      }
    }
    return users;
  }

  private static void collect(Map<String, List<Step>> users, Step.Weights weights, Step step) {
    if (weights != null && weights.root() != null) {
      users.computeIfAbsent(weights.root(), root -> new ArrayList<>()).add(step);
    }
  }

  private static void untied(Context context, String root, List<Step> steps) {
    if (steps.size() > 1) {
      steps.forEach(step -> step.setWeights(step.weight().withRoot(null), step.bias()));
      context.note(
          "initializer "
              + Messages.quoted(root)
              + " is the weight of "
              + steps.size()
              + " layers: each was given its own (untied)");
    }
  }

  private static void apart(Context context, String root, List<Step> steps, boolean untie) {
    Map<Object, List<Step>> byWeight = new LinkedHashMap<>();
    for (Step step : steps) {
      String weight = step.weight().root();
      byWeight.computeIfAbsent(weight == null ? step : weight, w -> new ArrayList<>()).add(step);
    }
    if (steps.size() == 1 || byWeight.size() == 1 && !untie) {
      return;
    }
    int group = 0;
    for (List<Step> users : byWeight.values()) {
      group++;
      String own = users.size() == 1 ? null : root + " (" + group + ")";
      users.forEach(step -> step.setWeights(step.weight(), step.bias().withRoot(own)));
    }
    context.note(
        "initializer "
            + Messages.quoted(root)
            + " is the bias of layers with different weights: "
            + byWeight.size()
            + " biases of their own were made of it");
  }
}
