package dev.flatness.bench;

import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link GemmBenchmark} on the providers that load here and prints GFLOP/s as a Markdown
 * table; takes JMH's options.
 *
 * <p>A Vector kernel that the JIT failed to compile still gives right results, thirty times slower.
 * Cells below half the plain product's speed are therefore marked, and the exit code is 1.
 */
public final class GemmTable {
  private GemmTable() {}

  /** Runs and prints. */
  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    String[] providers =
        Gemms.candidates().stream()
            .filter(candidate -> candidate.outcome() instanceof GemmProvider.Loaded)
            .map(Gemms.Candidate::id)
            .toArray(String[]::new);
    CommandLineOptions given = new CommandLineOptions(args);
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given).include(GemmBenchmark.class.getName() + ".multiply");
    if (!given.getParameter("provider").hasValue()) {
      options.param("provider", providers);
    }
    Map<String, Map<String, Double>> table = rates(new Runner(options.build()).run());
    System.out.println("\nJDK " + Runtime.version() + ", GFLOP/s, one thread\n");
    System.exit(print(table) ? 0 : 1);
  }

  private static Map<String, Map<String, Double>> rates(Collection<RunResult> results) {
    Map<String, Map<String, Double>> table = new LinkedHashMap<>();
    for (RunResult result : results) {
      String shape = result.getParams().getParam("shape");
      String column =
          result.getParams().getParam("precision") + " " + result.getParams().getParam("provider");
      // The fastest call: on a shared machine the mean measures the neighbors.
      double micros = result.getPrimaryResult().getStatistics().getMin();
      double rate = GemmBenchmark.operations(shape) / micros / 1000;
      table.computeIfAbsent(shape, s -> new TreeMap<>()).put(column, rate);
    }
    return table;
  }

  /** Returns whether every provider keeps above the floor. */
  private static boolean print(Map<String, Map<String, Double>> table) {
    boolean fine = true;
    boolean first = true;
    for (Map.Entry<String, Map<String, Double>> line : table.entrySet()) {
      if (first) {
        System.out.println("| m×k×n | " + String.join(" | ", line.getValue().keySet()) + " |");
        System.out.println("|---|" + "---:|".repeat(line.getValue().size()));
        first = false;
      }
      StringBuilder text = new StringBuilder("| " + line.getKey().replace('x', '×') + " |");
      for (Map.Entry<String, Double> cell : line.getValue().entrySet()) {
        String plain = cell.getKey().substring(0, cell.getKey().indexOf(' ')) + " plain";
        boolean slow = cell.getValue() < 0.5 * line.getValue().getOrDefault(plain, 0.0);
        fine &= !slow;
        text.append(String.format(Locale.ROOT, " %.1f%s |", cell.getValue(), slow ? " (!)" : ""));
      }
      System.out.println(text);
    }
    return fine;
  }
}
