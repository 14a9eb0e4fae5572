package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.symmetry.PathNorm;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A contract that passes everything is worth nothing: each finds what is broken on purpose. */
class ContractsAgainstBrokenCodeTest {
  @Test
  void anInvarianceThatDoesNotHoldIsFound() {
    MeasureContract contract = of(claiming(Invariance.NEURON_WISE));
    fails(contract::theClaimHoldsUnderRandomRescalings);
    fails(contract::theClaimHoldsUnderPowersOfTwo);
    fails(of(claiming(Invariance.LAYER_WISE))::theClaimHoldsUnderRandomRescalings);
    passes(contract::theClaimHoldsUnderPermutations);
    passes(of(claiming(Invariance.NONE))::whatIsNotClaimedChangesForSomeNetwork);
  }

  @Test
  void anInvarianceThatIsNotClaimedIsFound() {
    Measure norm = PathNorm.withDefaults();
    fails(
        of(
                new Claiming(norm.id(), Invariance.NONE) {
                  @Override
                  Outcome number(Subject subject) {
                    return norm.evaluate(subject).get(0).outcome();
                  }
                })
            ::whatIsNotClaimedChangesForSomeNetwork);
    Invariance unpermuted = new Invariance(Invariance.Scaling.NONE, false);
    fails(of(claiming(unpermuted))::whatIsNotClaimedChangesForSomeNetwork);
  }

  @Test
  void aMeasureThatCountsItsCallsIsFound() {
    int[] calls = {0};
    Measure counting =
        new Claiming("calls", Invariance.NONE) {
          @Override
          Outcome number(Subject subject) {
            return Outcome.exact(calls[0]++);
          }
        };
    fails(of(counting)::theSameSeedGivesTheSameBits);
  }

  @Test
  void estimatesOfAnotherNameAreFound() {
    Measure misnamed =
        new Claiming("one-name", Invariance.NONE) {
          @Override
          public List<Estimate> evaluate(Subject subject) {
            return List.of(Estimate.network("another", Invariance.NONE, number(subject)));
          }
        };
    fails(of(misnamed)::estimatesHaveItsNameScopesAndClaimsInOrder);
  }

  @Test
  void aWrongGradientAndAWrongHessianAreFound() {
    fails(of(new Parabola(2.001, 2))::theGradientIsTheDerivativeOfTheValue);
    fails(of(new Parabola(2, 2.001))::theHessianIsTheDerivativeOfTheGradient);
    passes(of(new Parabola(2, 2))::theGradientIsTheDerivativeOfTheValue);
    passes(of(new Parabola(2, 2))::theHessianIsTheDerivativeOfTheGradient);
  }

  @Test
  void anOperatorThatIsNotSymmetricOrNotLinearIsFound() {
    fails(of(x -> new double[] {x[0] + x[1], x[1]})::theMapIsSymmetric);
    fails(of(x -> new double[] {x[0] * x[0], x[1]})::theMapIsLinear);
    fails(of(x -> new double[] {1, x[1]})::theZeroVectorHasTheProductZero);
    fails(
        of(
                x -> {
                  x[0] = 0;
                  return x.clone();
                })
            ::noVectorIsChanged);
  }

  @Test
  void aDatasetThatForgetsItsBoundsOrItsPlaceIsFound() {
    Dataset sound = Datasets.of(Tensor.of(new double[] {1, 2, 3, 4}, 4, 1), 0, 1, 0, 1);
    fails(
        of(
                new Wrapped(sound) {
                  @Override
                  public void read(int first, int count, double[] inputs, double[] targets) {
                    sound.read(Math.max(0, first) % 4, Math.min(count, 1), inputs, targets);
                  }
                })
            ::aRangeThatLeavesTheDatasetIsRefused);
    int[] next = {0};
    fails(
        of(
                new Wrapped(sound) {
                  @Override
                  public void read(int first, int count, double[] inputs, double[] targets) {
                    sound.read(count == 1 ? next[0]++ % 4 : first, count, inputs, targets);
                  }
                })
            ::aRangeHoldsTheSamplesThatAreReadOneByOneInAnyOrder);
    passes(of(sound)::aRangeHoldsTheSamplesThatAreReadOneByOneInAnyOrder);
  }

  private static void fails(ThrowingCallable test) {
    assertThatThrownBy(test).isInstanceOf(AssertionError.class);
  }

  private static void passes(ThrowingCallable test) {
    assertThatCode(test).doesNotThrowAnyException();
  }

  private static Measure claiming(Invariance claim) {
    return new Claiming("squared-norm", claim);
  }

  /** ‖θ‖², whatever it claims. */
  private static class Claiming implements Measure {
    private final String id;
    private final Invariance claim;

    Claiming(String id, Invariance claim) {
      this.id = id;
      this.claim = claim;
    }

    Outcome number(Subject subject) {
      return Outcome.exact(Arrays.stream(subject.theta()).map(x -> x * x).sum());
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public Set<Scope> scopes() {
      return Set.of(Scope.NETWORK);
    }

    @Override
    public Invariance invariance(Scope scope) {
      return claim;
    }

    @Override
    public String source() {
      return "this test";
    }

    @Override
    public List<Estimate> evaluate(Subject subject) {
      return List.of(Estimate.network(id, claim, number(subject)));
    }
  }

  /** θ², with factors in its derivatives that ought to be 2. */
  private record Parabola(double first, double second) implements LossSurface {
    @Override
    public int dimension() {
      return 1;
    }

    @Override
    public double value(double[] theta) {
      return theta[0] * theta[0];
    }

    @Override
    public double valueAndGradient(double[] theta, double[] gradient) {
      gradient[0] = first * theta[0];
      return value(theta);
    }

    @Override
    public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
      return SymmetricOperator.of(1, x -> new double[] {second * x[0]});
    }
  }

  private abstract static class Wrapped implements Dataset {
    private final Dataset data;

    Wrapped(Dataset data) {
      this.data = data;
    }

    @Override
    public int size() {
      return data.size();
    }

    @Override
    public Shape inputShape() {
      return data.inputShape();
    }

    @Override
    public TargetKind targetKind() {
      return data.targetKind();
    }

    @Override
    public int targetSize() {
      return data.targetSize();
    }

    @Override
    public String name() {
      return data.name();
    }
  }

  private static MeasureContract of(Measure measure) {
    return new MeasureContract() {
      @Override
      protected Measure measure() {
        return measure;
      }

      @Override
      protected double roundingUnderPowersOfTwo() {
        return 1e-12;
      }
    };
  }

  private static LossSurfaceContract of(LossSurface surface) {
    return new LossSurfaceContract() {
      @Override
      protected LossSurface surface() {
        return surface;
      }

      @Override
      protected double[] point() {
        return new double[] {1.5};
      }
    };
  }

  private static SymmetricOperatorContract of(java.util.function.UnaryOperator<double[]> product) {
    return new SymmetricOperatorContract() {
      @Override
      protected SymmetricOperator operator() {
        return SymmetricOperator.of(2, product);
      }
    };
  }

  private static DatasetContract of(Dataset data) {
    return new DatasetContract() {
      @Override
      protected Dataset dataset() {
        return data;
      }
    };
  }
}
