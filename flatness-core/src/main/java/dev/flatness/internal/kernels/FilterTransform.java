package dev.flatness.internal.kernels;

/**
 * The one-dimensional transforms of Winograd's minimal filtering F(4, 3): four outputs of three
 * taps by six products.
 *
 * <p>Formula: y = Aᵀ[(G w) ∘ (Bᵀ x)] for six inputs x and three taps w, exact for the interpolation
 * points 0, ±3/4, ±3/2 and ∞: their B and A are exact in binary, and they round to less than half
 * of what the usual 0, ±1, ±2 do. Source: Winograd 1980; Lavin and Gray 2016, §4.
 */
public enum FilterTransform {
  /** Bᵀ: six inputs to six points. */
  INPUT(
      new double[][] {
        {81.0 / 64, 0, -45.0 / 16, 0, 1, 0},
        {0, -27.0 / 16, -9.0 / 4, 3.0 / 4, 1, 0},
        {0, 27.0 / 16, -9.0 / 4, -3.0 / 4, 1, 0},
        {0, -27.0 / 32, -9.0 / 16, 3.0 / 2, 1, 0},
        {0, 27.0 / 32, -9.0 / 16, -3.0 / 2, 1, 0},
        {0, 81.0 / 64, 0, -45.0 / 16, 0, 1}
      }),

  /** B, which is added to what is there: the inputs of neighboring tiles overlap. */
  INPUT_ADJOINT(transpose(INPUT.matrix)),

  /** Aᵀ: six points to four outputs. */
  OUTPUT(
      new double[][] {
        {1, 1, 1, 1, 1, 0},
        {0, 3.0 / 4, -3.0 / 4, 3.0 / 2, -3.0 / 2, 0},
        {0, 9.0 / 16, 9.0 / 16, 9.0 / 4, 9.0 / 4, 0},
        {0, 27.0 / 64, -27.0 / 64, 27.0 / 8, -27.0 / 8, 1}
      }),

  /** A: four outputs' cotangents to six points. */
  OUTPUT_ADJOINT(transpose(OUTPUT.matrix)),

  /** G: three taps to six points. */
  WEIGHT(
      new double[][] {
        {64.0 / 81, 0, 0},
        {-128.0 / 243, -32.0 / 81, -8.0 / 27},
        {-128.0 / 243, 32.0 / 81, -8.0 / 27},
        {32.0 / 243, 16.0 / 81, 8.0 / 27},
        {32.0 / 243, -16.0 / 81, 8.0 / 27},
        {0, 0, 1}
      }),

  /** Gᵀ: six points to three taps. */
  WEIGHT_ADJOINT(transpose(WEIGHT.matrix));

  private final double[][] matrix;

  FilterTransform(double[][] matrix) {
    this.matrix = matrix;
  }

  /** Returns the number of outputs. */
  public int outputs() {
    return matrix.length;
  }

  /** Returns the number of inputs. */
  public int inputs() {
    return matrix[0].length;
  }

  /**
   * Returns an entry of the matrix.
   *
   * @param output the row
   * @param input the column
   * @return the coefficient
   */
  public double coefficient(int output, int input) {
    return matrix[output][input];
  }

  /** Returns whether the result is added to what is there, as {@link #INPUT_ADJOINT} does. */
  public boolean adds() {
    return this == INPUT_ADJOINT;
  }

  private static double[][] transpose(double[][] of) {
    double[][] result = new double[of[0].length][of.length];
    for (int r = 0; r < of.length; r++) {
      for (int c = 0; c < of[r].length; c++) {
        result[c][r] = of[r][c];
      }
    }
    return result;
  }
}
