package dev.flatness.basispath;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The rank of rows of integers, by elimination without rounding; each row is added once. */
final class IntegerRank {
  private final int columns;
  private final List<BigInteger[]> echelon = new ArrayList<>();
  private final List<Integer> pivots = new ArrayList<>();

  IntegerRank(int columns) {
    this.columns = columns;
  }

  /** Adds a row; tells whether it was independent of those before. */
  boolean add(long[] entries) {
    BigInteger[] row = new BigInteger[columns];
    for (int j = 0; j < columns; j++) {
      row[j] = BigInteger.valueOf(entries[j]);
    }
    for (int i = 0; i < pivots.size(); i++) {
      int pivot = pivots.get(i);
      if (row[pivot].signum() != 0) {
        eliminate(row, echelon.get(i), pivot);
      }
    }
    for (int j = 0; j < columns; j++) {
      if (row[j].signum() != 0) {
        divideByContent(row);
        echelon.add(row);
        pivots.add(j);
        return true;
      }
    }
    return false;
  }

  int rank() {
    return pivots.size();
  }

  private static void eliminate(BigInteger[] row, BigInteger[] by, int pivot) {
    BigInteger a = by[pivot];
    BigInteger b = row[pivot];
    for (int j = 0; j < row.length; j++) {
      row[j] = row[j].multiply(a).subtract(by[j].multiply(b));
    }
    divideByContent(row);
  }

  private static void divideByContent(BigInteger[] row) {
    BigInteger content = BigInteger.ZERO;
    for (BigInteger entry : row) {
      content = content.gcd(entry);
    }
    if (content.compareTo(BigInteger.ONE) > 0) {
      for (int j = 0; j < row.length; j++) {
        row[j] = row[j].divide(content);
      }
    }
  }
}
