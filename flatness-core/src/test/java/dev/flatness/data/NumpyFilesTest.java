package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what numpy wrote. */
class NumpyFilesTest {
  @TempDir Path folder;

  private FileDataset open(String file, String inputs, String targets) {
    return Datasets.open(
        DataSource.of(Fixtures.resource(folder, file)).withKeys(inputs, targets), Fixtures.raw());
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrays.npz", "arrays-deflated.npz"})
  void readsEveryElementTypeInBothByteOrdersAndBothAxisOrders(String file) {
    String[] types = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"};
    for (String type : types) {
      for (String bytes : type.endsWith("1") ? new String[] {"le"} : new String[] {"le", "be"}) {
        for (String order : new String[] {"C", "F"}) {
          try (FileDataset data = open(file, type + "_" + bytes + "_" + order, "y")) {
            assertThat(data.size()).isEqualTo(4);
            assertThat(data.inputShape()).isEqualTo(Shape.of(3, 2));
            assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
            assertThat(Fixtures.targets(data)).containsExactly(2, 0, 1, 3);
            assertThat(Fixtures.inputs(data)).as(type + bytes + order).isEqualTo(expected(type));
            double[] middle = java.util.Arrays.copyOfRange(expected(type), 6, 18);
            assertThat(Fixtures.inputs(data, 1, 2)).isEqualTo(middle);
          }
        }
      }
    }
  }

  private static double[] expected(String type) {
    double[] values = new double[24];
    for (int i = 0; i < 24; i++) {
      values[i] =
          switch (type.charAt(0)) {
            case 'b' -> i % 2;
            case 'i' -> i - 5;
            case 'u' -> i;
            default -> (i - 5) / 4.0;
          };
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"version1", "version2", "version3"})
  void readsAllHeaderVersions(String key) {
    try (FileDataset data = open("arrays.npz", key, "y")) {
      assertThat(Fixtures.inputs(data)).isEqualTo(expected("f8"));
    }
  }

  @Test
  void readsExtremeIntegersRoundedToNearest() {
    try (FileDataset data = open("arrays.npz", "extreme_u8", "y")) {
      assertThat(data.inputShape()).isEqualTo(Shape.of(1));
      assertThat(Fixtures.inputs(data)).containsExactly(0, 0x1p53, 0x1p63, 0x1p64);
    }
    try (FileDataset data = open("arrays.npz", "extreme_i8", "y")) {
      assertThat(Fixtures.inputs(data)).containsExactly(-0x1p63, -1, 0, 0x1p63);
    }
  }

  @Test
  void readsHalfPrecisionExactly() {
    try (FileDataset data = open("arrays.npz", "extreme_f2", "y")) {
      assertThat(Fixtures.inputs(data)).containsExactly(0x1p-24, -0x1p-14, 65504, -0.0);
    }
  }

  @Test
  void takesFloatingPointTargetsAsReal() {
    try (FileDataset data = open("arrays.npz", "f8_le_C", "real")) {
      assertThat(data.targetKind()).isEqualTo(TargetKind.REAL);
      assertThat(data.targetSize()).isEqualTo(1);
      assertThat(Fixtures.targets(data)).containsExactly(0.5, -1, 2, 1e300);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "complex~has elements of type \"<c16\", expected float16, float32, float64, an integer of 8"
            + " to 64 bits or bool; convert the array, such as array.astype('float64'), and save it"
            + " again",
        "text~has elements of type \"<U1\", expected float16, float32, float64, an integer of 8 to"
            + " 64 bits or bool; convert the array, such as array.astype('float64'), and save it"
            + " again",
        "structured~has elements of type \"[('a', '<f8'), ('b', '<i4')]\", expected float16,"
            + " float32, float64, an integer of 8 to 64 bits or bool; convert the array, such as"
            + " array.astype('float64'), and save it again",
        "objects~holds pickled Python objects (type \"|O\"), which are never loaded; convert the"
            + " array to numbers, such as array.astype('float64'), and save it again",
        "scalar~holds an array of shape [], expected samples as first axis; save an array of shape"
            + " [samples, …]",
        "empty~holds an array of shape [0, 3], which has no element; save at least one sample"
      })
  void refusesWhatIsNoArrayOfNumbers(String key, String message) {
    for (String file : new String[] {"arrays.npz", "arrays-deflated.npz"}) {
      Fixtures.assertRefused(
          () -> open(file, key, "y"), folder.resolve(file) + ": array \"" + key + "\" " + message);
    }
  }

  @Test
  void namesTheArraysThatAreThereWhereOneIsMissing() {
    Path file = Fixtures.write(folder, "no.npz", NpyBytes.npz("images", NpyBytes.doubles(1, 1)));
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file), Fixtures.raw()),
        file
            + ": has no array \"x\", found \"images\"; save inputs as x and targets as y:"
            + " numpy.savez(file, x=inputs, y=targets)");
  }

  @ParameterizedTest
  @CsvSource({
    "lenet-small,32,'[2, 14, 14]',LABELS,1",
    "mlp-bias-unequal,48,[6],LABELS,1",
    "mlp-bias-unequal-rescaled,48,[6],LABELS,1",
    "mlp-equal-width,40,[5],LABELS,1",
    "mlp-regression,50,[5],REAL,2",
    "mlp-untrained,30,[4],LABELS,1",
    "residual-small,24,'[2, 8, 8]',LABELS,1"
  })
  void readsTheDataOfTheOracle(String name, int size, String shape, TargetKind kind, int targets) {
    Path file = Fixtures.shared("oracle/" + name + "/data.npz").orElse(null);
    Assumptions.assumeTrue(file != null, "the oracle is not beside the checkout");
    try (FileDataset data = Datasets.open(DataSource.of(file), Preprocessing.withDefaults())) {
      assertThat(data.size()).isEqualTo(size);
      assertThat(data.inputShape()).hasToString(shape);
      assertThat(data.targetKind()).isEqualTo(kind);
      assertThat(data.targetSize()).isEqualTo(targets);
      assertThat(data.notes()).isEmpty();
      assertThat(data.name()).isEqualTo("data.npz");
    }
  }
}
