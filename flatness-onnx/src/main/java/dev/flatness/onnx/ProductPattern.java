package dev.flatness.onnx;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;

/** Activations that exporters write out as x times another activation of x. */
final class ProductPattern {
  private static final double TOLERANCE = 1e-6; // constants are written in float32

  private ProductPattern() {}

  /** What x·other is, or null. */
  static Step of(Call call, Step x, Step other) {
    Draft draft = call.draft();
    if (other.layer() instanceof Layer.Activate outer) {
      Activation function = outer.function();
      Step argument = other.input();
      switch (function.kind()) {
        case SIGMOID:
          double factor = ratio(argument, x);
          return Double.isFinite(factor)
              ? draft.activate(call.node(), x, Activation.silu(factor))
              : null;
        case TANH:
          boolean softplus =
              argument.layer() instanceof Layer.Activate inner
                  && inner.function().equals(Activation.SOFTPLUS)
                  && argument.input() == x;
          return softplus ? draft.activate(call.node(), x, Activation.MISH) : null;
        case HARD_SIGMOID:
          boolean swish =
              argument == x
                  && near(function.parameters().get(0), 1.0 / 6)
                  && function.parameters().get(1) == 0.5;
          return swish ? draft.activate(call.node(), x, Activation.HARD_SWISH) : null;
        default:
          break;
      }
    }
    double factor = factor(other);
    Step clip = factor == 1 ? other : other.input();
    if (clip.layer() instanceof Layer.Activate activate
        && activate.function().equals(Activation.clip(0, 6))
        && isShift(clip.input(), x, 3)) {
      Step swish = draft.activate(call.node(), x, Activation.HARD_SWISH);
      return near(6 * factor, 1)
          ? swish
          : draft.constant(call.node(), swish, new double[] {6 * factor}, new double[] {0});
    }
    return null;
  }

  /** The one factor by which a step scales its input; 1 for all other steps. */
  private static double factor(Step step) {
    boolean scalar =
        step.layer() instanceof Layer.Constant c && c.linear() && c.scale().size() == 1;
    return scalar ? ((Layer.Constant) step.layer()).scale().get(0) : 1;
  }

  /** The a for which a step is a·x, where either may be merged with a scale; NaN without one. */
  private static double ratio(Step step, Step x) {
    if (step == x) {
      return 1;
    } else if (factor(step) != 1 && step.input() == x) {
      return factor(step);
    }
    double scale = factor(x);
    Step source = scale == 1 ? x : x.input();
    Step other = factor(step) == 1 ? step : step.input();
    return other == source && scale != 0 ? factor(step) / scale : Double.NaN;
  }

  /** Whether a step adds one number to x. */
  private static boolean isShift(Step step, Step x, double summand) {
    if (step.layer() instanceof Layer.Constant both
        && x.layer() instanceof Layer.Constant factor
        && factor.linear()
        && both.scale().equals(factor.scale())
        && step.input() == x.input()) {
      return both.shift().stream().allMatch(shift -> shift == summand);
    }
    if (step.inputs().size() != 1 || step.input() != x) {
      return false;
    }
    if (step.layer() instanceof Layer.Constant c) {
      return c.scale().stream().allMatch(scale -> scale == 1)
          && c.shift().stream().allMatch(shift -> shift == summand);
    }
    return step.layer() instanceof Layer.Affine
        && step.weight() == null
        && step.bias() != null
        && java.util.Arrays.stream(step.bias().values()).allMatch(shift -> shift == summand);
  }

  private static boolean near(double value, double expected) {
    return Math.abs(value - expected) <= TOLERANCE * expected;
  }
}
