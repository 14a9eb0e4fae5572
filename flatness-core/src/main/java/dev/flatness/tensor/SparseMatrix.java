package dev.flatness.tensor;

import java.util.Arrays;

/**
 * A matrix that stores its non-zero entries row by row, columns ascending.
 *
 * <p>Cost: 12 bytes an entry and 4 a row. Errors: {@link IllegalArgumentException} for more than
 * {@link #LARGEST} rows and entries together, for entries that are not finite, and for columns out
 * of range. Source: compressed sparse rows. Immutable.
 */
public final class SparseMatrix {
  /** The most rows and entries together, so that no file can ask for more memory than 200 MB. */
  public static final int LARGEST = 1 << 24;

  private final int columns;
  private final int[] starts;
  private final int[] sources;
  private final double[] values;

  private SparseMatrix(int columns, int[] starts, int[] sources, double[] values) {
    this.columns = columns;
    this.starts = starts;
    this.sources = sources;
    this.values = values;
  }

  /**
   * Starts a matrix, which gets its rows one after the other.
   *
   * @param columns the number of columns
   * @return a builder of no rows
   */
  public static Builder builder(int columns) {
    return new Builder(columns);
  }

  /**
   * Makes a matrix that selects: row r has a 1 in column {@code sources[r]}.
   *
   * @param columns the number of columns
   * @param sources a column for each row, −1 for a row of zeros
   * @return the matrix
   */
  public static SparseMatrix selection(int columns, int[] sources) {
    Builder builder = builder(columns);
    for (int source : sources) {
      if (source != -1) {
        builder.add(source, 1);
      }
      builder.endRow();
    }
    return builder.build();
  }

  /**
   * Returns the number of rows.
   *
   * @return at least 0
   */
  public int rows() {
    return starts.length - 1;
  }

  /**
   * Returns the number of columns.
   *
   * @return at least 0
   */
  public int columns() {
    return columns;
  }

  /**
   * Returns the number of stored entries.
   *
   * @return at least 0
   */
  public int entries() {
    return values.length;
  }

  /**
   * Returns the number of the first entry of a row.
   *
   * @param row the row, or {@link #rows()} for the number of all entries
   * @return the entry; the row ends before the first entry of the next one
   */
  public int start(int row) {
    return starts[row];
  }

  /**
   * Returns the column of an entry.
   *
   * @param entry the number of the entry
   * @return its column
   */
  public int column(int entry) {
    return sources[entry];
  }

  /**
   * Returns the value of an entry.
   *
   * @param entry the number of the entry
   * @return a finite number other than 0
   */
  public double value(int entry) {
    return values[entry];
  }

  /**
   * Multiplies a vector.
   *
   * <p>Formula: y_r = Σ_c A_rc x_c, columns ascending. Cost: one product an entry.
   *
   * @param x the vector, {@code [columns]}
   * @return y, {@code [rows]}
   */
  public double[] multiply(double[] x) {
    if (x.length != columns) {
      throw new IllegalArgumentException(
          "vector has " + x.length + " numbers, expected " + columns + ", the matrix's columns");
    }
    double[] y = new double[rows()];
    for (int row = 0; row < y.length; row++) {
      for (int e = starts[row]; e < starts[row + 1]; e++) {
        y[row] += values[e] * x[sources[e]];
      }
    }
    return y;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseMatrix matrix
        && columns == matrix.columns
        && Arrays.equals(starts, matrix.starts)
        && Arrays.equals(sources, matrix.sources)
        && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * columns + Arrays.hashCode(sources)) + Arrays.hashCode(values);
  }

  /** Returns rows, columns and the number of entries. */
  @Override
  public String toString() {
    return "SparseMatrix[" + rows() + "×" + columns + ", " + entries() + " entries]";
  }

  /** Takes the entries of a matrix, row after row. */
  public static final class Builder {
    private final int columns;
    private int[] starts = new int[16];
    private int[] sources = new int[16];
    private double[] values = new double[16];
    private int rows;
    private int entries;
    private boolean ascending = true;

    private Builder(int columns) {
      if (columns < 0) {
        throw new IllegalArgumentException(
            "sparse matrix has " + columns + " columns, expected at least 0");
      }
      this.columns = columns;
    }

    /**
     * Adds a number to an entry of the row that has not ended.
     *
     * @param column the column
     * @param value the number; entries that end as 0 are not stored
     * @return this builder
     */
    public Builder add(int column, double value) {
      if (column < 0 || column >= columns) {
        throw new IllegalArgumentException(
            "row "
                + rows
                + " of a sparse matrix has an entry in column "
                + column
                + ", expected 0 to "
                + (columns - 1));
      }
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "row " + rows + " of a sparse matrix has the entry " + value + ", expected a number");
      }
      requireRoom();
      if (entries == sources.length) {
        sources = Arrays.copyOf(sources, 2 * entries);
        values = Arrays.copyOf(values, 2 * entries);
      }
      ascending &= entries == starts[rows] || sources[entries - 1] < column;
      sources[entries] = column;
      values[entries++] = value;
      return this;
    }

    /**
     * Ends a row; a row without entries is 0.
     *
     * <p>Numbers of the same column are summed in the order in which they were added. Cost: k log k
     * for k numbers, k where their columns ascend. Errors: {@link IllegalArgumentException} for
     * sums that are not finite.
     *
     * @return this builder
     */
    public Builder endRow() {
      requireRoom();
      if (!ascending) {
        sortRow();
        ascending = true;
      }
      int kept = starts[rows];
      for (int e = kept; e < entries; e++) {
        if (values[e] != 0) {
          sources[kept] = sources[e];
          values[kept++] = values[e];
        }
      }
      entries = kept;
      rows++;
      if (rows == starts.length) {
        starts = Arrays.copyOf(starts, 2 * rows);
      }
      starts[rows] = entries;
      return this;
    }

    /**
     * Ends the matrix.
     *
     * @return the matrix of all rows that have ended
     */
    public SparseMatrix build() {
      int stored = starts[rows];
      return new SparseMatrix(
          columns,
          Arrays.copyOf(starts, rows + 1),
          Arrays.copyOf(sources, stored),
          Arrays.copyOf(values, stored));
    }

    /** Sorts the row that has not ended by columns and sums the numbers of each column. */
    private void sortRow() {
      int first = starts[rows];
      long[] order = new long[entries - first];
      for (int i = 0; i < order.length; i++) {
        order[i] = (long) sources[first + i] << Integer.SIZE | i;
      }
      Arrays.sort(order);
      double[] added = Arrays.copyOfRange(values, first, entries);
      int last = first - 1;
      for (long key : order) {
        int column = (int) (key >> Integer.SIZE);
        double value = added[(int) key];
        if (last >= first && sources[last] == column) {
          values[last] += value;
        } else {
          sources[++last] = column;
          values[last] = value;
        }
      }
      entries = last + 1;
      for (int e = first; e < entries; e++) {
        if (!Double.isFinite(values[e])) {
          throw new IllegalArgumentException(
              "row "
                  + rows
                  + " of a sparse matrix has numbers in column "
                  + sources[e]
                  + " that sum to "
                  + values[e]
                  + ", expected a finite sum");
        }
      }
    }

    private void requireRoom() {
      if (rows + entries >= LARGEST) {
        throw new IllegalArgumentException(
            "linear map has more than "
                + LARGEST
                + " rows and entries, expected fewer; it is too large to be kept");
      }
    }
  }
}
