package dev.flatness.internal.text;

/** How far apart two words are, for proposals where one is misspelled. */
public final class EditDistance {
  private EditDistance() {}

  /**
   * Counts letters inserted, deleted, replaced, or two neighbors exchanged.
   *
   * @param a a word
   * @param b another
   * @return the least number of changes from one to the other
   */
  public static int between(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
        } else {
          int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
          int least =
              Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
          boolean exchanged =
              i > 1
                  && j > 1
                  && a.charAt(i - 1) == b.charAt(j - 2)
                  && a.charAt(i - 2) == b.charAt(j - 1);
          cost[i][j] = exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
