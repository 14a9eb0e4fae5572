package dev.flatness.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SparseMatrixTest {
  @Test
  void entriesStandInOrderAndZerosAreLeftOut() {
    SparseMatrix a =
        SparseMatrix.builder(4)
            .add(3, 2)
            .add(0, -1)
            .add(3, 1)
            .add(1, 5)
            .add(1, -5)
            .endRow()
            .endRow()
            .add(2, 4)
            .endRow()
            .build();
    assertThat(a.rows()).isEqualTo(3);
    assertThat(a.entries()).isEqualTo(3);
    assertThat(a.column(0)).isZero();
    assertThat(a.column(1)).isEqualTo(3);
    assertThat(a.start(1)).isEqualTo(2);
    assertThat(a.start(2)).isEqualTo(2);
    assertThat(a.multiply(new double[] {1, 10, 100, 1000})).containsExactly(2999, 0, 400);
    assertThat(a).hasToString("SparseMatrix[3×4, 3 entries]");
  }

  @Test
  void selectionsCopyEntries() {
    SparseMatrix a = SparseMatrix.selection(3, new int[] {2, -1, 2, 0});
    assertThat(a.multiply(new double[] {1, 2, 3})).containsExactly(3, 0, 3, 1);
    SparseMatrix same = SparseMatrix.builder(3).add(2, 1).endRow().endRow().build();
    assertThat(SparseMatrix.selection(3, new int[] {2, -1}))
        .isEqualTo(same)
        .hasSameHashCodeAs(same);
    assertThat(SparseMatrix.selection(3, new int[] {-1, 2})).isNotEqualTo(same);
  }

  @Test
  void rowsInAnyOrderAreSorted() {
    int columns = 1 << 20;
    SparseMatrix.Builder descending = SparseMatrix.builder(columns);
    SparseMatrix.Builder ascending = SparseMatrix.builder(columns);
    for (int i = 0; i < columns; i++) {
      descending.add(columns - 1 - i, columns - i);
      ascending.add(i, i + 1);
    }
    assertThat(descending.endRow().add(0, 7).endRow().build())
        .isEqualTo(ascending.endRow().add(0, 7).endRow().build());
    // Rounded in the order of the calls: (1e16 + 1) − 1e16 = 0, but (1e16 − 1e16) + 1 = 1.
    SparseMatrix sums =
        SparseMatrix.builder(2)
            .add(1, 1e16)
            .add(0, 1e16)
            .add(1, 1)
            .add(0, -1e16)
            .add(1, -1e16)
            .add(0, 1)
            .endRow()
            .build();
    assertThat(sums.multiply(new double[] {1, 0})).containsExactly(1);
    assertThat(sums.entries()).isEqualTo(1);
  }

  @Test
  void sumsThatAreNotFiniteAreRefused() {
    SparseMatrix.Builder builder = SparseMatrix.builder(2).endRow().add(1, 1e308).add(1, 1e308);
    assertThatThrownBy(builder::endRow)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "row 1 of a sparse matrix has numbers in column 1 that sum to Infinity, expected a"
                + " finite sum");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    SparseMatrix.Builder builder = SparseMatrix.builder(2);
    assertThatThrownBy(() -> builder.add(2, 1))
        .hasMessage("row 0 of a sparse matrix has an entry in column 2, expected 0 to 1");
    assertThatThrownBy(() -> builder.add(0, Double.NaN))
        .hasMessage("row 0 of a sparse matrix has the entry NaN, expected a number");
    assertThatThrownBy(() -> builder.build().multiply(new double[1]))
        .hasMessage("vector has 1 numbers, expected 2, the matrix's columns");
    SparseMatrix.Builder large = SparseMatrix.builder(1);
    assertThatThrownBy(
            () -> {
              for (int row = 0; row <= SparseMatrix.LARGEST; row++) {
                large.endRow();
              }
            })
        .hasMessage(
            "linear map has more than 16777216 rows and entries, expected fewer; it is too large to"
                + " be kept");
  }
}
