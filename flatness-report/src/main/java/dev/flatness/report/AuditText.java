package dev.flatness.report;

import dev.flatness.audit.AuditFindings;
import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.audit.Verdict;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance.Scaling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Shows an audit at a glance: a row for each measure, a column for each group of transformations.
 *
 * <p>Where one transformation was tried, a row for each number shows it before and after.
 */
public final class AuditText {
  /** A tolerance above which a claim that held says little. */
  private static final double COARSE = 0.1;

  private static final List<Scaling> GROUPS =
      List.of(
          Scaling.LAYER_WISE, Scaling.NEURON_WISE_EXCEPT_INPUTS, Scaling.NEURON_WISE, Scaling.NONE);

  private AuditText() {}

  /**
   * Shows what an audit found.
   *
   * @param findings what was found
   * @param columns the width of the terminal
   * @param palette how to emphasize
   * @return lines, each ended by a line feed
   */
  public static String of(AuditFindings findings, int columns, Palette palette) {
    TextPage page = new TextPage(columns, palette);
    show(findings, page);
    return page.toString();
  }

  static void show(AuditFindings findings, TextPage page) {
    if (findings.trials() == 1 && findings.families().size() == 1) {
      page.table(numbers("moved", findings, true));
      page.table(numbers("did not move", findings, false));
      failures(findings, page);
    } else {
      page.blank();
      page.paragraph(tried(findings));
      page.table(glance(findings));
      page.blank();
      page.paragraph(
          "a tick: claimed, and the number stayed; without one: not claimed, the largest relative"
              + " change");
      remarks(findings, page);
    }
  }

  private static String tried(AuditFindings findings) {
    return TextPage.count(findings.trials(), "trial")
        + " of each of "
        + findings.families().stream()
            .map(TransformationFamily::id)
            .collect(Collectors.joining(", "))
        + "; factors from 1/"
        + plain(findings.spread())
        + " to "
        + plain(findings.spread())
        + "; the outputs changed by at most "
        + exponent(findings.functionResidual())
        + " of the largest";
  }

  private static String plain(double spread) {
    return spread == Math.rint(spread) && spread < 1e9
        ? Long.toString((long) spread)
        : Digits.six(spread);
  }

  private static TextTable glance(AuditFindings findings) {
    List<Scaling> shown =
        GROUPS.stream()
            .filter(
                group -> findings.families().stream().anyMatch(family -> family.group() == group))
            .toList();
    List<String> header = new ArrayList<>(List.of("measure"));
    List<Boolean> right = new ArrayList<>(List.of(false));
    for (Scaling group : shown) {
      header.add(
          switch (group) {
            case NONE -> "permuted";
            case NEURON_WISE_EXCEPT_INPUTS -> "except inputs";
            default -> group.id();
          });
      right.add(true);
    }
    header.add("verdict");
    right.add(false);
    TextTable table = new TextTable(header, right);
    Map<String, List<AuditedNumber>> rows = new LinkedHashMap<>();
    for (AuditedNumber number : findings.numbers()) {
      String layers = number.before().layer().isPresent() ? ", layers" : "";
      rows.computeIfAbsent(number.before().id() + layers, row -> new ArrayList<>()).add(number);
    }
    rows.forEach(
        (name, numbers) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          shown.forEach(group -> cells.add(cell(group, numbers)));
          cells.add(verdict(numbers));
          table.row(cells);
        });
    return table;
  }

  /** The drift that counts most of one group: of claimed families where there are any. */
  private static String cell(Scaling group, List<AuditedNumber> numbers) {
    List<Drift> drifts =
        numbers.stream()
            .flatMap(number -> number.drifts().stream())
            .filter(drift -> drift.family().group() == group)
            .toList();
    if (drifts.isEmpty()) {
      return "–";
    }
    boolean claimed = drifts.stream().anyMatch(Drift::claimed);
    boolean failed = drifts.stream().anyMatch(drift -> drift.claimed() && drift.moved());
    double largest =
        drifts.stream()
            .filter(drift -> drift.claimed() == claimed && (!failed || drift.moved()))
            .mapToDouble(Drift::largest)
            .max()
            .orElse(0);
    return (failed ? "FAILS " : claimed ? "✓ " : "") + exponent(largest);
  }

  private static String exponent(double drift) {
    if (drift == 0) {
      return "0";
    }
    return Double.isFinite(drift) ? String.format(Locale.ROOT, "%.0e", drift) : "∞";
  }

  private static String verdict(List<AuditedNumber> numbers) {
    for (Verdict verdict :
        List.of(
            Verdict.FAILS,
            Verdict.HOLDS_WITHIN_SEARCH,
            Verdict.HOLDS,
            Verdict.VARIES,
            Verdict.UNMOVED)) {
      if (numbers.stream().anyMatch(number -> number.verdict() == verdict)) {
        return verdict.id();
      }
    }
    return Verdict.UNAVAILABLE.id();
  }

  private static TextTable numbers(String title, AuditFindings findings, boolean moved) {
    TextTable table =
        new TextTable(
            List.of(title, "layer", "invariant to", "before", "after", "factor"),
            List.of(false, false, false, true, true, true));
    for (AuditedNumber number : findings.numbers()) {
      Estimate before = number.before();
      for (Drift drift : number.drifts()) {
        if (drift.moved() == moved && !before.isList()) {
          table.row(
              List.of(
                  before.id(),
                  before.layer().orElse(""),
                  MeasureSection.invariance(before.invariance()),
                  Digits.six(drift.before()),
                  Digits.six(drift.after()),
                  factor(drift.before(), drift.after())));
        }
      }
    }
    return table;
  }

  private static String factor(double before, double after) {
    double ratio = after / before;
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "× %.3f", ratio) : "–";
  }

  private static void remarks(AuditFindings findings, TextPage page) {
    findings.notes().forEach(page::paragraph);
    failures(findings, page);
    unavailable(findings)
        .forEach((reason, who) -> page.paragraph(String.join(", ", who) + ": " + reason));
    findings.numbers().stream()
        .filter(number -> number.verdict() == Verdict.HOLDS && number.tolerance() > COARSE)
        .map(number -> name(number) + " to " + exponent(number.tolerance()))
        .reduce((a, b) -> a + ", " + b)
        .ifPresent(
            list ->
                page.paragraph(
                    "estimated so coarsely that only large changes would be seen: " + list));
  }

  private static void failures(AuditFindings findings, TextPage page) {
    for (AuditedNumber number : findings.failed()) {
      for (Drift drift : number.drifts()) {
        if (drift.claimed() && drift.moved()) {
          page.warning(failure(number, drift));
        }
      }
    }
  }

  private static Map<String, List<String>> unavailable(AuditFindings findings) {
    Map<String, List<String>> reasons = new LinkedHashMap<>();
    for (AuditedNumber number : findings.numbers()) {
      if (number.verdict() == Verdict.UNAVAILABLE) {
        Optional<String> reason = number.before().reason();
        reasons
            .computeIfAbsent(
                reason.orElse("no transformation left a number to compare"),
                why -> new ArrayList<>())
            .add(name(number));
      }
    }
    return reasons;
  }

  private static String name(AuditedNumber number) {
    return number.before().id()
        + number.before().layer().map(layer -> " of layer " + layer).orElse("");
  }

  private static String failure(AuditedNumber number, Drift drift) {
    return name(number)
        + drift.entry().stream().mapToObj(entry -> ", entry " + entry).findFirst().orElse("")
        + ": "
        + Digits.six(drift.before())
        + " became "
        + Digits.six(drift.after())
        + " under "
        + drift.transformation()
        + "; it claims not to change, and rounding and its own error explain "
        + exponent(number.tolerance())
        + " of a relative change of "
        + exponent(drift.largest());
  }
}
