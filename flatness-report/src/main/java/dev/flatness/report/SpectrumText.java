package dev.flatness.report;

import java.util.List;
import java.util.Locale;

/** Shows spectra in a terminal: tables of eigenvalues and a sketch of the density. */
final class SpectrumText {
  private final ReportSpectrum spectrum;
  private final int width;
  private final Palette palette;
  private final StringBuilder text = new StringBuilder();

  private SpectrumText(ReportSpectrum spectrum, int width, Palette palette) {
    this.spectrum = spectrum;
    this.width = width;
    this.palette = palette;
  }

  static String render(ReportSpectrum spectrum, int width, Palette palette) {
    return new SpectrumText(spectrum, width, palette).render();
  }

  private String render() {
    text.append('\n')
        .append(
            palette.strong(
                spectrum.operator()
                    + (spectrum.layer() == null ? "" : " of layer " + spectrum.layer())
                    + (spectrum.parameters().isEmpty()
                        ? ""
                        : " of " + String.join(", ", spectrum.parameters()))
                    + (spectrum.coordinates().equals("weights")
                        ? ""
                        : " in " + spectrum.coordinates())
                    + String.format(Locale.ROOT, ", %,d rows", spectrum.dimension())))
        .append('\n');
    if (spectrum.pairs() != null) {
      eigenvalues("largest", spectrum.pairs().largest());
      eigenvalues("smallest", spectrum.pairs().smallest());
      stopped();
    }
    if (spectrum.density() != null) {
      density(spectrum.density());
    }
    return text.toString();
  }

  private void eigenvalues(String end, List<ReportSpectrum.Eigenvalue> eigenvalues) {
    if (eigenvalues.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(List.of(end, "eigenvalue", "residual"), List.of(true, true, true));
    for (int i = 0; i < eigenvalues.size(); i++) {
      ReportSpectrum.Eigenvalue e = eigenvalues.get(i);
      table.row(
          List.of(
              Integer.toString(i + 1),
              Digits.six(e.value()),
              String.format(Locale.ROOT, "%.1e", e.residual())));
    }
    text.append('\n').append(table.render(palette, width));
  }

  private void stopped() {
    ReportSpectrum.Pairs pairs = spectrum.pairs();
    boolean acceptable = pairs.status().acceptable();
    String line =
        pairs.status().id()
            + " in "
            + pairs.products()
            + " products: "
            + pairs.reason()
            + (acceptable ? "" : " (" + pairs.status().remedy() + ")");
    String wrapped = TextWrap.paragraph(line, width, 2);
    text.append(acceptable ? wrapped : palette.warning(wrapped)).append('\n');
  }

  private void density(ReportSpectrum.Density density) {
    String heading =
        "density: share of eigenvalues, bars on a logarithmic scale ("
            + density.probes()
            + (density.probes() == 1 ? " probe, " : " probes, ")
            + density.products()
            + " products)";
    text.append('\n').append(palette.strong(TextWrap.paragraph(heading, width, 2))).append('\n');
    for (ReportSpectrum.Bin bin : density.bins()) {
      text.append(
              String.format(
                  Locale.ROOT,
                  "%8s … %-7s %10s  %s",
                  edge(bin.from()),
                  edge(bin.to()),
                  percent(bin.share().value()),
                  bar(bin.share().value())))
          .append('\n');
    }
    text.append("trace ")
        .append(uncertain(density.trace()))
        .append(", Frobenius norm ")
        .append(uncertain(density.frobeniusNorm()))
        .append("\nnegative eigenvalues: ")
        .append(share(density.negativeAtLeast()))
        .append(" at least, ")
        .append(share(density.negativeAtMost()))
        .append(" at most\n");
    if (!density.status().acceptable()) {
      text.append(
              palette.warning(
                  "density is "
                      + density.status().id()
                      + ": "
                      + density.reason()
                      + " ("
                      + density.status().remedy()
                      + ")"))
          .append('\n');
    }
  }

  /** One eigenvalue has no bar, all of them the longest. */
  private String bar(double share) {
    int room = Math.max(10, width - 34);
    double full = Math.log(Math.max(2, spectrum.dimension()));
    double length = share <= 0 ? 0 : 1 + Math.log(share) / full;
    return "#".repeat((int) Math.round(room * Math.max(0, length)));
  }

  private static String edge(double value) {
    return value == 0 || Double.isInfinite(value)
        ? Digits.six(value)
        : String.format(Locale.ROOT, "%.0e", value);
  }

  private static String percent(double share) {
    double hundred = 100 * share;
    if (hundred == 0) {
      return "0 %";
    }
    return hundred >= 0.01
        ? String.format(Locale.ROOT, "%.2f %%", hundred)
        : String.format(Locale.ROOT, "%.0e %%", hundred);
  }

  private static String share(ReportSpectrum.Uncertain share) {
    return percent(share.value())
        + (Double.isNaN(share.standardError()) ? "" : " ± " + percent(share.standardError()));
  }

  private static String uncertain(ReportSpectrum.Uncertain number) {
    String value = Digits.six(number.value());
    return Double.isNaN(number.standardError())
        ? value
        : value + String.format(Locale.ROOT, " ± %.1g", number.standardError());
  }
}
