package dev.flatness.internal.report.page;

import dev.flatness.internal.report.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Several reports side by side: a row for each number, with the reason where networks cannot be
 * compared by it.
 */
public final class Comparison {
  /** Settings that change no number, or only where it was drawn. */
  private static final Set<String> WITHOUT_MEANING =
      Set.of("threads", "batchSize", "timeLimitSeconds", "seed", "output", "weights");

  /** What stands before, in and behind the last number of a name. */
  private static final Pattern LAST_NUMBER = Pattern.compile("(.*?)(\\d{1,15})(\\D*)");

  private final List<String> names;
  private final List<Json> reports;
  private final List<Row> rows;

  private Comparison(List<String> names, List<Json> reports, List<Row> rows) {
    this.names = names;
    this.reports = reports;
    this.rows = rows;
  }

  /**
   * A number of all reports.
   *
   * @param id the measure
   * @param layer the layer, empty for the network
   * @param estimates one for each report, absent where it has none
   * @param reason why networks cannot be compared by it, empty if they can
   */
  public record Row(String id, String layer, List<Json> estimates, String reason) {
    /**
     * Tells whether networks can be compared by the number.
     *
     * @return whether there is no reason against it
     */
    public boolean comparable() {
      return reason.isEmpty();
    }

    /**
     * Returns the value of a report.
     *
     * @param report its position
     * @return NaN where there is none
     */
    public double value(int report) {
      return estimates.get(report).get("value").number();
    }
  }

  /**
   * Compares reports.
   *
   * @param files the names of the files, for networks of one name
   * @param reports documents of the schema flatness-report-1
   * @return the comparison
   */
  public static Comparison of(List<String> files, List<Json> reports) {
    Map<List<String>, List<Json>> byNumber = new LinkedHashMap<>();
    for (int i = 0; i < reports.size(); i++) {
      for (Json estimate : reports.get(i).get("measures").items()) {
        if (estimate.get("values").isList()) {
          continue;
        }
        List<Json> estimates =
            byNumber.computeIfAbsent(
                List.of(estimate.get("id").text(), estimate.get("layer").text()),
                key -> new ArrayList<>());
        while (estimates.size() <= i) {
          estimates.add(Json.absent());
        }
        estimates.set(i, estimate);
      }
    }
    String general = difference(reports);
    List<Row> rows = new ArrayList<>();
    byNumber.forEach(
        (number, estimates) -> {
          while (estimates.size() < reports.size()) {
            estimates.add(Json.absent());
          }
          String own = reason(estimates);
          rows.add(
              new Row(
                  number.get(0),
                  number.get(1),
                  List.copyOf(estimates),
                  general.isEmpty() ? own : general));
        });
    return new Comparison(names(files, reports), reports, rows);
  }

  /**
   * The names of the models where they tell the reports apart, else those of the files; without an
   * ending that all of them have.
   */
  private static List<String> names(List<String> files, List<Json> reports) {
    List<String> models =
        reports.stream().map(r -> Names.last(r.get("model").get("file").text())).toList();
    List<String> shorter = files.stream().map(Names::last).toList();
    for (List<String> names : List.of(models, shorter)) {
      if (Set.copyOf(names).size() == names.size() && !names.contains("")) {
        return withoutEnding(names);
      }
    }
    return List.copyOf(files);
  }

  private static List<String> withoutEnding(List<String> names) {
    int dot = names.get(0).lastIndexOf('.');
    String ending = dot > 0 ? names.get(0).substring(dot) : "";
    return names.stream().allMatch(name -> name.length() > ending.length() && name.endsWith(ending))
        ? names.stream().map(name -> name.substring(0, name.length() - ending.length())).toList()
        : names;
  }

  /** What keeps any number from being compared, empty if nothing does. */
  private static String difference(List<Json> reports) {
    Json first = reports.get(0);
    for (Json other : reports) {
      if (!architecture(first).equals(architecture(other))) {
        return "the architectures differ";
      }
      if (!data(first).equals(data(other))) {
        return "the data differ";
      }
      if (!text(first, "loss", "kind").equals(text(other, "loss", "kind"))) {
        return "the losses differ";
      }
      Set<String> settings = new LinkedHashSet<>(first.get("settings").names());
      settings.addAll(other.get("settings").names());
      for (String name : settings) {
        if (!WITHOUT_MEANING.contains(name)
            && !text(first, "settings", name).equals(text(other, "settings", name))) {
          return "the setting " + name + " differs";
        }
      }
    }
    return "";
  }

  /** The samples by their checksum; of a report without one by their file. */
  private static List<String> data(Json report) {
    String checksum = report.get("data").get("checksum").text();
    return List.of(
        text(report, "data", "samples"),
        checksum.isEmpty() ? text(report, "data", "file") : checksum);
  }

  private static String text(Json report, String part, String name) {
    return report.get(part).get(name).toString();
  }

  private static List<String> architecture(Json report) {
    return report.get("model").get("layers").items().stream()
        .map(layer -> layer.get("kind") + " " + layer.get("weightShape") + " " + layer.get("bias"))
        .toList();
  }

  /**
   * Tells whether a number missed its tolerance.
   *
   * @param estimate the number
   * @return whether it has a value that is not good enough
   */
  public static boolean unfinished(Json estimate) {
    return estimate.get("status").text().equals("not-converged")
        && estimate.get("value").isNumber();
  }

  /** What keeps a number from being compared, whatever the networks. */
  private static String reason(List<Json> estimates) {
    if (estimates.stream().anyMatch(estimate -> !estimate.exists())) {
      return "a report has no such number";
    }
    for (Json estimate : estimates) {
      Json invariance = estimate.get("invariance");
      String scaling = invariance.get("scaling").text();
      if (!scaling.equals("neuron-wise")) {
        return scaling.equals("none")
            ? "changed by rescaling hidden units"
            : "unchanged only by rescalings that are " + scaling;
      }
      if (!invariance.get("permutation").isTrue()) {
        return "changed by permuting hidden units";
      }
      if (!estimate.get("value").isNumber()) {
        return "a value is missing: " + estimate.get("status").text();
      }
      if (estimate.get("status").text().equals("not-converged")) {
        return "a value did not converge";
      }
    }
    return "";
  }

  /**
   * Returns the names of the reports.
   *
   * @return one for each, in their order
   */
  public List<String> names() {
    return names;
  }

  /**
   * Where the reports stand along a training.
   *
   * @param label what the steps are
   * @param values one for each report
   */
  public record Steps(String label, double[] values) {}

  /**
   * Tells where the reports stand along a training: at the numbers in their names where the names
   * differ in one number only, else at 1, 2, 3.
   *
   * @return the steps
   */
  public Steps steps() {
    List<Matcher> matches = names.stream().map(LAST_NUMBER::matcher).toList();
    Set<String> around = new LinkedHashSet<>();
    double[] values = new double[names.size()];
    boolean numbers = true;
    for (int i = 0; i < values.length && numbers; i++) {
      Matcher match = matches.get(i);
      numbers = match.matches();
      if (numbers) {
        around.add(match.group(1) + "N" + match.group(3));
        values[i] = Double.parseDouble(match.group(2));
      }
    }
    if (numbers && around.size() == 1) {
      return new Steps("N of " + around.iterator().next(), values);
    }
    Arrays.setAll(values, i -> i + 1);
    return new Steps("report", values);
  }

  /**
   * Returns the reports.
   *
   * @return in their order
   */
  public List<Json> reports() {
    return reports;
  }

  /**
   * Returns the numbers, those that can be compared first.
   *
   * @return in the order of the reports otherwise
   */
  public List<Row> rows() {
    List<Row> sorted = new ArrayList<>(rows.stream().filter(Row::comparable).toList());
    sorted.addAll(rows.stream().filter(row -> !row.comparable()).toList());
    return sorted;
  }
}
