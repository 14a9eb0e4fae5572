package dev.flatness.nd4j;

import dev.flatness.linalg.Gemms;
import org.nd4j.linalg.factory.Nd4j;

/** A product by ND4J and an import; {@link OneSetOfNativesTest} runs it in a Java of its own. */
final class NativesProgram {
  private NativesProgram() {}

  public static void main(String[] arguments) {
    double[] row = Nd4jArrays.tensor(Nd4j.create(new double[][] {{1, 2, 3}}).mul(2)).toDoubles();
    double[] product = new double[1];
    Gemms.byId("nd4j").multiply(false, true, 1, 1, 3, 1, row, 0, 3, row, 0, 3, 0, product, 0, 1);
    System.out.println(product[0]);
  }
}
