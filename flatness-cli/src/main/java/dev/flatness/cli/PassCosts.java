package dev.flatness.cli;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.report.TextTable;
import java.util.List;
import java.util.Locale;

/**
 * The multiplications per sample of a forward pass and of what is made of passes: value 1, gradient
 * 3, Hessian product 6 for each direction and 2 shared by a block, closed forms 1 + 2K for K
 * outputs.
 *
 * @param forward multiplications of a forward pass for one sample
 * @param outputs K
 */
record PassCosts(double forward, int outputs) {
  static PassCosts of(Network network) {
    double sum = 0;
    for (Node node : network.nodes()) {
      if (node.layer() instanceof Layer.Dense dense) {
        sum += (double) dense.inputs() * node.shape().size();
      } else if (node.layer() instanceof Layer.Convolution convolution) {
        sum +=
            (double) convolution.inputChannels()
                / convolution.groups()
                * convolution.window().taps()
                * node.shape().size();
      }
    }
    return new PassCosts(sum, network.output().shape().size());
  }

  TextTable table() {
    TextTable table =
        new TextTable(
            List.of("per sample", "passes", "multiplications"), List.of(false, true, true));
    row(table, "value", 1);
    row(table, "gradient", 3);
    row(table, "Hessian product", 8);
    row(table, "Hessian product in a block of 8, each", 6.25);
    row(table, "all closed forms (trace, rho, relative flatness)", 1 + 2.0 * outputs);
    return table;
  }

  private void row(TextTable table, String name, double passes) {
    table.row(
        List.of(
            name,
            String.format(Locale.ROOT, passes == Math.rint(passes) ? "%.0f" : "%.2f", passes),
            String.format(Locale.ROOT, "%,.0f", passes * forward)));
  }
}
