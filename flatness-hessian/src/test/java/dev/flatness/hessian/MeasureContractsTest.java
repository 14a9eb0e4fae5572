package dev.flatness.hessian;

import dev.flatness.measure.Measure;
import dev.flatness.testkit.MeasureContract;
import org.junit.jupiter.api.Nested;

/** The contract of measures, for one of every claim and one that is estimated. */
class MeasureContractsTest {
  @Nested
  class OfTheTrace extends MeasureContract {
    @Override
    protected Measure measure() {
      return HessianTrace.withDefaults();
    }
  }

  @Nested
  class OfKappaByTraces extends MeasureContract {
    @Override
    protected Measure measure() {
      return Kappa.trace();
    }
  }

  @Nested
  class OfRelativeFlatness extends MeasureContract {
    @Override
    protected Measure measure() {
      return RelativeFlatness.withDefaults();
    }
  }

  @Nested
  class OfRho extends MeasureContract {
    @Override
    protected Measure measure() {
      return Rho.columns();
    }
  }

  @Nested
  class OfTheSumOfRho extends MeasureContract {
    @Override
    protected Measure measure() {
      return Rho.sum();
    }
  }

  @Nested
  class OfExpectedSharpness extends MeasureContract {
    @Override
    protected Measure measure() {
      return ExpectedSharpness.withDefaults();
    }
  }
}
