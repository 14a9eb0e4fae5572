package dev.flatness.cli;

import dev.flatness.MeasureCatalog;
import dev.flatness.cost.MachineSpeed;
import dev.flatness.cost.Pass;
import dev.flatness.cost.PassCosts;
import dev.flatness.cost.PassTimes;
import dev.flatness.cost.Work;
import dev.flatness.internal.report.TextTable;
import dev.flatness.internal.report.TextWrap;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import dev.flatness.report.Palette;
import dev.flatness.surface.SurfaceOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What passes and measures cost a network: operations and bytes a sample, the time predicted from
 * the machine's speed, and the time measured here on random inputs.
 */
final class CostTables {
  private static final int SAMPLES = 1000;

  private final Network network;
  private final PassCosts costs;
  private final MachineSpeed speed;
  private final Map<Pass, Double> times;
  private final String machine;

  CostTables(Network network, SurfaceOptions options) {
    Optional<OutputActivation> end =
        network.outputActivation().filter(part -> part != OutputActivation.OF_SIGMOIDS);
    this.network = end.isPresent() ? network.withoutOutputActivation() : network;
    this.costs = PassCosts.of(this.network, options.precision());
    this.speed = MachineSpeed.measure(options);
    this.times = PassTimes.measure(this.network, options);
    this.machine =
        String.format(
                Locale.ROOT,
                "%s, %d threads of %.0f GFLOP/s and %.0f GB/s as measured now; times for %,d samples",
                options.precision().id(),
                options.threads(),
                speed.operations() * 1e-9,
                speed.bytes() * 1e-9,
                SAMPLES)
            + end.map(part -> "; the final " + part + " is taken as part of the loss").orElse("");
  }

  String render(Palette palette, int columns) {
    return TextWrap.paragraph(machine, columns, 2)
        + "\n\n"
        + passes().render(palette::strong, columns)
        + "\n"
        + measures().render(palette::strong, columns);
  }

  private TextTable passes() {
    TextTable table = table("pass");
    for (Pass pass : Pass.values()) {
      if (times.containsKey(pass)) {
        row(table, pass.description(), List.of(new Work("", pass, 1)));
      }
    }
    return table;
  }

  /** Each measure alone, then all of them with what they share. */
  private TextTable measures() {
    TextTable table = table("measure, alone");
    List<Work> all = new ArrayList<>();
    MeasureCatalog.installed()
        .select(List.of("all"))
        .work(network, Settings.withDefaults())
        .forEach(
            (id, work) -> {
              row(table, id, work);
              all.addAll(work);
            });
    row(table, "all together", Work.together(all));
    return table;
  }

  private static TextTable table(String first) {
    return new TextTable(
        List.of(first, "passes", "MFLOP/sample", "MB/sample", "predicted", "measured"),
        List.of(false, true, true, true, true, true));
  }

  private void row(TextTable table, String name, Collection<Work> work) {
    double passes = work.stream().mapToDouble(Work::passes).sum();
    boolean timed = work.stream().allMatch(part -> times.containsKey(part.pass()));
    table.row(
        List.of(
            name,
            passes == 0 ? "–" : String.format(Locale.ROOT, "%.0f", passes),
            number(sum(work, costs::operations) * 1e-6),
            number(sum(work, costs::bytes) * 1e-6),
            time(speed.seconds(work, costs, SAMPLES)),
            timed ? time(SAMPLES * sum(work, times::get)) : "–"));
  }

  private static double sum(Collection<Work> work, ToDoubleFunction<Pass> perPass) {
    return work.stream()
        .mapToDouble(part -> part.passes() * perPass.applyAsDouble(part.pass()))
        .sum();
  }

  private static String number(double value) {
    return value == 0 ? "–" : String.format(Locale.ROOT, value < 10 ? "%.3g" : "%,.0f", value);
  }

  private static String time(double seconds) {
    if (seconds == 0) {
      return "–";
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.3g ms", 1000 * seconds)
        : String.format(Locale.ROOT, "%.3g s", seconds);
  }
}
