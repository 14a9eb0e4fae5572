package dev.flatness.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.DisplayWidth;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTextTest {
  private static final Outcome LATE =
      Outcome.of(1, "lanczos", Status.NOT_CONVERGED).because("the time limit was reached");

  @Test
  void showsNumbersAndWhyOneIsMissing() {
    assertThat(Samples.everything().text(100, Palette.PLAIN))
        .isEqualTo(
            """
            model mlp.onnx: 51 parameters in 2 layers, 6 scale classes, piecewise linear
                  1 dead unit
            note  final Softmax removed: it belongs to the loss
            data  data.npz: 40 samples
            loss  cross-entropy 0.220000, accuracy 95.0000 %, gradient norm 0.0100000

            network                 invariant to                          value  found by
            hessian-trace           –                                  0.100000  exact
            epsilon-sharpness       –                                ≥ 0.500000  ascent
            hessian-frobenius-norm  –             2.00000 ± 0.01 (1.98 to 2.02)  hutchinson
            volume-flatness         –                                         ∞  exact
            theorem-5.1-bound       neuron-wise                        overflow  exact

            layer                         invariant to        0            2
            kappa                         layer-wise    1.50000    2.50000 !
            relative-flatness-normalized  neuron-wise         –  1.23457e+07

            kappa of layer 2 is not-converged: the time limit was reached
            relative-flatness-normalized of layer 0 is not-applicable: inputs cannot be rescaled
            Remedy: allow more products (--max-products), a longer time (--time-limit), a larger tolerance
              (--tolerance) or more heap (FLATNESS_JAVA_OPTIONS=-Xmx…).
            rho: one number per neuron, in the JSON and CSV reports
            """);
  }

  @Test
  void putsLayersThatDoNotFitIntoFurtherTables() {
    Report report =
        Samples.report(
            Estimate.layer("kappa", "first", Invariance.LAYER_WISE, Outcome.exact(1)),
            Estimate.layer("kappa", "second", Invariance.LAYER_WISE, Outcome.exact(2)),
            Estimate.layer("kappa", "third", Invariance.LAYER_WISE, Outcome.exact(3)));
    assertThat(report.text(40, Palette.PLAIN))
        .endsWith(
            """

            layer  invariant to    first   second
            kappa  layer-wise    1.00000  2.00000

            layer  invariant to    third
            kappa  layer-wise    3.00000
            """);
  }

  @Test
  void breaksLongNamesOfLayersAboveTheirNumbers() {
    Report report =
        Samples.report(
            Estimate.layer("kappa", "block1.0.conv1", Invariance.LAYER_WISE, Outcome.exact(1)),
            Estimate.layer("kappa", "block1.0.conv2", Invariance.LAYER_WISE, Outcome.exact(2)));
    assertThat(report.text(41, Palette.PLAIN))
        .endsWith(
            """

                                 block1.0.  block1.0.
            layer  invariant to      conv1      conv2
            kappa  layer-wise      1.00000    2.00000
            """);
  }

  @Test
  void whatHoldsForSeveralNumbersIsSaidOnce() {
    Report report =
        Samples.report(
            Estimate.network("hessian-trace", Invariance.NONE, LATE),
            Estimate.network("kappa", Invariance.NONE, LATE),
            Estimate.layer("kappa", "fc1", Invariance.LAYER_WISE, LATE),
            Estimate.layer("kappa", "fc2", Invariance.LAYER_WISE, LATE));
    assertThat(report.text(200, Palette.PLAIN))
        .endsWith(
            "\nhessian-trace; kappa; kappa of layers fc1, fc2 are not-converged: the time limit was"
                + " reached\n"
                + Remedy.LINE
                + "\n");
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    for (int columns : new int[] {50, 80, 120}) {
      assertThat(Samples.everything().text(columns, Palette.PLAIN).lines())
          .allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThanOrEqualTo(columns));
    }
  }

  @Test
  void colorsOnlyWhereAsked() {
    String plain = Samples.everything().text(100, Palette.PLAIN);
    String colored = Samples.everything().text(100, Palette.ANSI);
    assertThat(plain).doesNotContain("\u001b");
    assertThat(colored).contains("\u001b[1m", "\u001b[33m");
    assertThat(colored.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(plain);
  }

  @Test
  void alignsWideAndCombiningCharacters() {
    TextTable table = new TextTable(List.of("name", "n"), List.of(false, true));
    table.row(List.of("層", "1")).row(List.of("e\u0301a", "22"));
    assertThat(table.render(Palette.PLAIN::strong))
        .isEqualTo("name   n\n層     1\ne\u0301a    22\n");
  }

  @Test
  void formatsNumbersWithSixSignificantDigits() {
    assertThat(Digits.six(0.123456789)).isEqualTo("0.123457");
    assertThat(Digits.six(-123456.789)).isEqualTo("-123457");
    assertThat(Digits.six(1e-4)).isEqualTo("0.000100000");
    assertThat(Digits.six(9.99999999e-5)).isEqualTo("1.00000e-04");
    assertThat(Digits.six(0)).isEqualTo("0");
    assertThat(Digits.six(1e6)).isEqualTo("1.00000e+06");
  }

  @Test
  void csvHasOneLineANumber(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.csv");
    Samples.everything().writeCsv(file, false);
    assertThat(Files.readString(file))
        .startsWith("id,scope,layer,index,value,standard_error,status,scaling,permutation\n")
        .contains(
            "kappa,layer,0,,1.5,,converged,layer-wise,true\n",
            "relative-flatness-normalized,layer,0,,,,not-applicable,neuron-wise,true\n",
            "volume-flatness,network,,,,,infinite,none,true\n",
            "rho,neuron,0,1,0.20000000000000001,,exact,neuron-wise,true\n");
  }
}
