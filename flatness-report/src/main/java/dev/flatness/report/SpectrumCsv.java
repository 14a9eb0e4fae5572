package dev.flatness.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the spectra of a report as comma-separated values with the header {@code
 * kind,operator,layer,index,value,residual,weight}: a line an eigenvalue (kind {@code largest} or
 * {@code smallest}, counted from 1) and a line a node of the density (kind {@code node}, the index
 * that of its probe, counted from 0).
 */
public final class SpectrumCsv {
  private SpectrumCsv() {}

  /**
   * Writes a report's spectra to a file, as a whole or not at all.
   *
   * @param report the report
   * @param file where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public static void write(Report report, Path file, boolean overwrite) throws IOException {
    OutputFile.write(file, overwrite, writer -> write(report, writer));
  }

  static void write(Report report, Writer writer) throws IOException {
    writer.write("kind,operator,layer,index,value,residual,weight\n");
    for (ReportSpectrum spectrum : report.spectra()) {
      if (spectrum.pairs() != null) {
        eigenvalues(writer, spectrum, "largest", spectrum.pairs().largest());
        eigenvalues(writer, spectrum, "smallest", spectrum.pairs().smallest());
      }
      if (spectrum.density() != null) {
        nodes(writer, spectrum);
      }
    }
  }

  private static void eigenvalues(
      Writer writer,
      ReportSpectrum spectrum,
      String end,
      List<ReportSpectrum.Eigenvalue> eigenvalues)
      throws IOException {
    for (int i = 0; i < eigenvalues.size(); i++) {
      ReportSpectrum.Eigenvalue e = eigenvalues.get(i);
      line(writer, end, spectrum, i + 1, e.value(), JsonValues.text(e.residual()), "");
    }
  }

  private static void nodes(Writer writer, ReportSpectrum spectrum) throws IOException {
    List<ReportSpectrum.Quadrature> quadratures = spectrum.density().quadratures();
    for (int probe = 0; probe < quadratures.size(); probe++) {
      double[] nodes = quadratures.get(probe).nodes();
      double[] weights = quadratures.get(probe).weights();
      for (int j = 0; j < nodes.length; j++) {
        line(writer, "node", spectrum, probe, nodes[j], "", JsonValues.text(weights[j]));
      }
    }
  }

  private static void line(
      Writer writer,
      String kind,
      ReportSpectrum spectrum,
      int index,
      double value,
      String residual,
      String weight)
      throws IOException {
    String layer = spectrum.layer() == null ? "" : ReportCsv.quoted(spectrum.layer());
    writer.write(
        String.join(
                ",",
                kind,
                spectrum.operator(),
                layer,
                Integer.toString(index),
                JsonValues.text(value),
                residual,
                weight)
            + "\n");
  }
}
