package dev.flatness.onnx;

import dev.flatness.network.Layer;
import dev.flatness.network.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Folds scales and shifts per channel into neighboring layers where that is exact (mathematics,
 * §1): into the layer before when nothing else reads it, else into the layer after when nothing
 * else is between and no zero padding is. Zero padding before a convolution becomes the
 * convolution's.
 */
final class Folding {
  private final int[] normalizations = new int[2];
  private final int[] others = new int[2];
  private final Step output;
  private final Map<Step, List<Step>> readers = new IdentityHashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final List<Step> live;
  private Step last;

  private Folding(List<Step> live, Step output) {
    this.live = live;
    this.output = output;
    this.last = output;
    live.forEach(step -> readers.put(step, new ArrayList<>()));
    for (Step step : live) {
      step.inputs().forEach(input -> readers.get(input).add(step));
      if (step.layer().hasWeightMatrix()) {
        count(step.weight());
        count(step.bias());
      }
    }
  }

  /**
   * Folds what can be folded.
   *
   * @param live the steps that lead to the output, in forward order
   * @return the new output
   */
  static Step run(Context context, List<Step> live, Step output) {
    Folding folding = new Folding(live, output);
    live.forEach(folding::padding);
    folding.each(folding::before);
    folding.each(folding::after);
    live.forEach(folding::simplify);
    folding.tell(context);
    return folding.last;
  }

  /** Joins moves that a folded layer kept apart; what then moves nothing is left out. */
  private void simplify(Step step) {
    Step inner = step.moves() ? step.input() : null;
    if (inner == null || inner.inputs().isEmpty()) {
      return;
    }
    boolean reshapes =
        step.layer() instanceof Layer.Reshape && inner.layer() instanceof Layer.Reshape;
    if (step.layer() instanceof Layer.Transpose outer
        && inner.layer() instanceof Layer.Transpose first) {
      step.setLayer(new Layer.Transpose(outer.axes().stream().map(first.axes()::get).toList()));
    } else if (!reshapes) {
      return;
    }
    Step source = inner.input();
    readers.get(inner).remove(step);
    readers.get(source).add(step);
    step.setInputs(List.of(source));
    boolean still =
        step.layer() instanceof Layer.Transpose t
            ? t.axes().equals(t.axes().stream().sorted().toList())
            : source.shape().equals(step.shape());
    if (still && (step == last || !readers.get(step).isEmpty())) {
      bypass(step);
    }
  }

  private void count(Step.Weights weights) {
    if (weights != null && weights.root() != null) {
      uses.merge(weights.root(), 1, Integer::sum);
    }
  }

  private boolean shared(Step.Weights weights) {
    return weights != null && weights.root() != null && uses.getOrDefault(weights.root(), 0) > 1;
  }

  private interface Fold {
    boolean apply(Step step);
  }

  private void each(Fold fold) {
    for (Step step : live) {
      boolean candidate = step.layer() instanceof Layer.Affine;
      if (candidate && !readers.get(step).isEmpty() | step == last && fold.apply(step)) {
        bypass(step);
      }
    }
  }

  /** Counts what was folded into the layer before (0) or after (1). */
  private void count(Step step, int place) {
    boolean normalizes = step.origin().operator().equals("BatchNormalization");
    (normalizes ? normalizations : others)[place]++;
  }

  /** Says in which parameters the Hessian is. */
  private void tell(Context context) {
    if (normalizations[0] + normalizations[1] > 0) {
      context.note(
          "batch normalization "
              + places(normalizations)
              + ": its scales and shifts are no parameters of their own, and the Hessian is in the"
              + " folded weights and biases");
    }
    if (others[0] + others[1] > 0) {
      context.note(
          "constant scales and shifts per channel "
              + places(others)
              + ": the Hessian is in the folded weights and biases, not in the file's own");
    }
    long factors = live.stream().filter(Folding::factor).count();
    if (factors > 0) {
      context.note(
          "factors of one number between layers (Mul, Div, alpha, beta) are constants of the"
              + " network, no parameters: "
              + factors);
    }
  }

  private static String places(int[] counts) {
    return "folded into the layer before: " + counts[0] + ", into the layer after: " + counts[1];
  }

  private static boolean factor(Step step) {
    return step.layer() instanceof Layer.Constant c
        && c.linear()
        && c.scale().size() == 1
        && !step.origin().operator().matches("Sub|Neg")
        && !Broadcast.isInput(step.input());
  }

  /** Lets the readers of a step read its input instead. */
  private void bypass(Step step) {
    Step source = step.input();
    List<Step> old = readers.get(step);
    readers.get(source).remove(step);
    for (Step reader : old) {
      reader.setInputs(
          reader.inputs().stream().map(input -> input == step ? source : input).toList());
    }
    readers.get(source).addAll(old);
    old.clear();
    if (last == step) {
      last = source;
    }
  }

  private boolean onlyReader(Step step) {
    return readers.get(step).size() == 1 && step != output;
  }

  private void padding(Step step) {
    if (step.layer() instanceof Layer.Convolution c
        && step.input().layer() instanceof Layer.ZeroPad pad) {
      Window w = c.window();
      Window padded =
          w.withPadding(
              w.padTop() + pad.top(),
              w.padLeft() + pad.left(),
              w.padBottom() + pad.bottom(),
              w.padRight() + pad.right());
      step.setLayer(
          new Layer.Convolution(c.inputChannels(), c.outputChannels(), c.groups(), padded));
      Step source = step.input();
      readers.get(source).remove(step);
      step.setInputs(List.of(source.input()));
      readers.get(source.input()).add(step);
      if (readers.get(source).isEmpty()) {
        readers.get(source.input()).remove(source);
      }
    }
  }

  /** Whether one parameter is added to all channels. */
  private static boolean single(Step step) {
    return step.layer() instanceof Layer.Affine
        && step.bias() != null
        && step.bias().values().length < step.shape().extent(0);
  }

  private boolean before(Step step) {
    if (step.shape().rank() == 0) {
      return false;
    }
    if (single(step)) {
      // One summand for all channels is one parameter, unless a scale per channel follows.
      Step next = onlyReader(step) ? readers.get(step).get(0) : step;
      if (next == step || !(next.layer() instanceof Layer.Affine) || single(next)) {
        return false;
      }
      double[] summand = new double[step.shape().extent(0)];
      Arrays.fill(summand, step.bias().values()[0]);
      step.setWeights(step.weight(), Step.Weights.vector(summand, null));
    }
    List<Step> path = new ArrayList<>();
    Step target = step.input();
    while (target.moves() && onlyReader(target)) {
      path.add(target);
      target = target.input();
    }
    boolean matrix = target.layer().hasWeightMatrix();
    if (!onlyReader(target)
        || !(matrix || target.layer() instanceof Layer.Affine)
        || single(target)) {
      return false;
    }
    double[] scale = Moves.backward(step, path, values(step.weight()));
    double[] shift = Moves.backward(step, path, values(step.bias()));
    boolean fits =
        (scale != null || values(step.weight()) == null) && (shift != null || step.bias() == null);
    if (!fits
        || scale != null && shared(target.weight())
        || (scale != null || shift != null) && shared(target.bias())) {
      return false;
    }
    if (scale != null || target.bias() != null) {
      count(step, 0); // a summand after a layer without a bias is its bias
    }
    Step.Weights weight = scale == null ? target.weight() : rows(target, scale);
    target.setWeights(weight, Moves.plus(target.bias(), scale, shift, untouched(step, shift)));
    return true;
  }

  /** The root of a summand that becomes a bias as it stands in the file. */
  private static String untouched(Step step, double[] shift) {
    boolean same = step.weight() == null && step.bias() != null && shift != null;
    return same && Arrays.equals(shift, step.bias().values()) ? step.bias().root() : null;
  }

  private static double[] values(Step.Weights weights) {
    return weights == null ? null : weights.values();
  }

  private static Step.Weights rows(Step target, double[] scale) {
    if (target.weight() == null) {
      return Step.Weights.vector(scale, null);
    }
    double[] values = target.weight().values().clone();
    int row = values.length / scale.length;
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale[i / row];
    }
    return new Step.Weights(values, target.weight().extents(), null);
  }

  private boolean after(Step step) {
    if (!onlyReader(step) || single(step)) {
      return false;
    }
    List<Step> path = new ArrayList<>();
    Step target = readers.get(step).get(0);
    while (target.moves() && onlyReader(target)) {
      path.add(target);
      target = readers.get(target).get(0);
    }
    boolean padded = target.layer() instanceof Layer.Convolution c && c.window().padded();
    if (!target.layer().hasWeightMatrix()
        || padded && step.bias() != null
        || shared(target.weight())
        || shared(target.bias())) {
      return false;
    }
    double[] scale = Moves.forward(step, path, values(step.weight()));
    double[] shift = Moves.forward(step, path, values(step.bias()));
    if (scale == null && values(step.weight()) != null || shift == null && step.bias() != null) {
      return false;
    }
    count(step, 1);
    columns(target, scale, shift);
    return true;
  }

  /** W' = W·diag(scale), b' = b + W·shift, an input channel with all its taps at a time. */
  private static void columns(Step target, double[] scale, double[] shift) {
    double[] values = target.weight().values().clone();
    int[] extents = target.weight().extents();
    int taps = extents.length == 4 ? extents[2] * extents[3] : 1;
    int groups = target.layer() instanceof Layer.Convolution c ? c.groups() : 1;
    double[] summand = new double[extents[0]];
    for (int i = 0; i < values.length; i++) {
      int row = i / (extents[1] * taps);
      int channel = row / (extents[0] / groups) * extents[1] + i / taps % extents[1];
      summand[row] += shift == null ? 0 : values[i] * shift[channel];
      values[i] *= scale == null ? 1 : scale[channel];
    }
    target.setWeights(
        scale == null ? target.weight() : new Step.Weights(values, extents, null),
        shift == null ? target.bias() : Moves.plus(target.bias(), null, summand, null));
  }
}
