package dev.flatness.spectral;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The search for one end of a spectrum: its first convergence in the run's chain, the check that
 * nothing lies beyond, and restarts from what the check found.
 *
 * <p>What it reports depends on the run's chain up to the first convergence and on its own products
 * alone, so not on whether the other end was asked for.
 */
final class EndSearch {
  /** What the check may miss with at most this probability, by the bound it ends on. */
  private static final double MISS = 1e-3;

  /** The rounding of products and bases, relative to ‖T‖. */
  private static final double ROUNDING = 1e-13;

  /** Why a search ended well. */
  static final String MET = "the residual met the tolerance and the check found nothing beyond";

  /** Why a search ended whose check took all its products before its bound was met. */
  static final String CAPPED =
      "the residual met the tolerance and the check saw nothing beyond in the most products it takes";

  /** Why a search ended that shows less than the tolerance asks for. */
  static final String NOISY =
      "the residual is at the error of the products, which is too large for the tolerance";

  private final End end;
  private final double tolerance;

  /** Whether the error of products leaves the tolerance as it is. */
  private final boolean fixed;

  private final Seed seed;

  /** The chain that the end is sought in: the run's, or one of its own after a restart. */
  private KrylovChain home;

  private final KrylovChain shared;
  private @Nullable KrylovChain check;

  /** Products of its own that checks and earlier restarts took. */
  private int spent;

  private int restarts;

  /** Products in the home when the end converged there; 0 before. */
  private int convergedAt;

  private boolean certified;

  /** Whether the check ended without its bound. */
  private boolean capped;

  private double value = Double.NaN;
  private double residual = Double.NaN;
  private double norm;

  /** Twice the stated error of products with unit vectors. */
  private double error;

  /** A pair beyond the value that a check found; null again once the home holds it. */
  private @Nullable Beyond beyond;

  /** The outermost Ritz value with its residual that checks saw at the other end. */
  private double opposite = Double.NEGATIVE_INFINITY;

  /** A Ritz pair of a check; the residual is that of A, not of P A P alone. */
  private record Beyond(double value, double[] vector, double residual) {}

  EndSearch(End end, Lanczos method, KrylovChain shared, Seed seed) {
    this.end = end;
    this.tolerance = method.tolerance();
    this.fixed = method.fixed();
    this.shared = shared;
    this.home = shared;
    this.seed = seed;
  }

  private double outward(double eigenvalue) {
    return end == End.LARGEST ? eigenvalue : -eigenvalue;
  }

  private End other() {
    return end == End.LARGEST ? End.SMALLEST : End.LARGEST;
  }

  /** The largest residual, the error of products included, of an end that has converged. */
  private double allowed() {
    return Math.max(tolerance * norm, fixed ? 0 : 3 * error);
  }

  /** The same without the error of products; below that error, chains gain nothing. */
  private double slack() {
    return Math.max(allowed() - error, error);
  }

  /** What a Ritz value of the check must exceed to be more than rounding. */
  private double reach() {
    return outward(value) + Math.max(Math.max(tolerance, ROUNDING) * norm, error);
  }

  /**
   * Whether the residual met the tolerance, or the error of products, and the check found nothing.
   */
  boolean certified() {
    return certified;
  }

  /** Whether the residual is as small as the tolerance asks for. */
  boolean shown() {
    return certified && (error == 0 || residual + error <= allowed());
  }

  /**
   * States the error of products with unit vectors. It counts twice: in the product of the pair,
   * and in T, whose entries are made of one of the two products that should agree.
   */
  void error(double bound) {
    error = 2 * bound;
  }

  /** Whether a value is known. */
  boolean begun() {
    return !Double.isNaN(value);
  }

  /** Why it ended well. */
  String met() {
    return !shown() ? NOISY : capped ? CAPPED : MET;
  }

  double relativeResidual() {
    Beyond found = beyond;
    if (found != null) {
      return (found.residual + error) / Math.max(norm, Math.abs(found.value));
    }
    return norm == 0 ? 0 : (residual + error) / norm;
  }

  /** How far outward its Ritz value and residual reach. */
  double seen() {
    Beyond found = beyond;
    double seen = found == null ? outward(value) + residual : outward(found.value) + found.residual;
    return seen + error;
  }

  /** How far outward the checks of this end saw the other end reach. */
  double opposite() {
    return opposite;
  }

  /** All products that led here: those of the run's chain up to the convergence and its own. */
  int products() {
    int here = convergedAt > 0 ? convergedAt : home.products();
    return here + spent + (check == null ? 0 : check.products());
  }

  /** The chain whose next product the search needs. */
  KrylovChain chain() {
    return check == null ? home : check;
  }

  /** Vectors of chains of its own. */
  int vectors() {
    return (check == null ? 0 : check.size()) + (home == shared ? 0 : home.size());
  }

  /** Judges the chain after a product was added to it. */
  void judge(KrylovChain grown) {
    if (certified) {
      return;
    }
    if (grown == check) {
      judgeCheck(grown);
    } else if (grown == home && convergedAt == 0) {
      judgeHome();
    }
  }

  private void judgeHome() {
    Tridiagonal.Pair pair = home.extreme(end);
    value = pair.value();
    residual = home.residual(pair);
    norm = home.norm();
    beyond = null;
    int rest = home.dimension() - home.products();
    // Where checks of both ends could take as many products as are left, the chain takes them.
    boolean near = rest > 0 && rest <= 2 * Lanczos.mostChecks(home.dimension());
    if (residual <= slack() && (!near || home.complete())) {
      convergedAt = home.products();
      certified = rest == 0;
    }
  }

  /** Prepares the check where the end has converged; called where the end is wanted. */
  void check() {
    if (convergedAt > 0 && !certified && check == null) {
      List<double[]> found = home.basis(convergedAt);
      check = KrylovChain.apart(found, norm, seed.split("check").split(restarts));
    }
  }

  private void judgeCheck(KrylovChain grown) {
    Tridiagonal.Pair near = grown.extreme(end);
    Tridiagonal.Pair far = grown.extreme(other());
    opposite = Math.max(opposite, -outward(far.value()) + grown.residual(far) + error);
    double reach = reach();
    boolean whole = grown.complete() || grown.exhausted();
    if (outward(near.value()) > reach) {
      double[] x = grown.vector(near);
      double outside = home.leak(convergedAt, x);
      beyond = new Beyond(near.value(), x, Math.hypot(grown.residual(near), outside));
      if (whole || grown.residual(near) <= slack()) {
        restart(grown, x);
      }
      return;
    }
    boolean sure = whole || enough(grown, reach, outward(near.value()), outward(far.value()));
    if (sure || grown.products() >= Lanczos.mostChecks(grown.dimension())) {
      certified = true;
      capped = !sure;
      spent += grown.products();
      check = null;
    }
  }

  /**
   * Whether an end beyond would have shown: with probability at least 1 − 1.648 √n exp(−√ε (2k −
   * 1)) the Ritz value of k products comes within ε of the spectrum's width to the end.
   */
  private boolean enough(KrylovChain grown, double reach, double near, double far) {
    int n = grown.dimension();
    double width = reach - far;
    double share = width > 0 ? (reach - near) / width : 0;
    double rate = Math.sqrt(share) * (2 * grown.products() - 1);
    return rate >= Math.log(1.648 * Math.sqrt(n) / MISS);
  }

  private void restart(KrylovChain grown, double[] better) {
    restarts++;
    spent += convergedAt + grown.products();
    convergedAt = 0;
    home = KrylovChain.from(better.clone(), norm);
    check = null;
  }

  /** The end as it was when it converged, or the outermost value seen. */
  Outcome outcome(String reason) {
    Status status = shown() ? Status.CONVERGED : Status.NOT_CONVERGED;
    Beyond found = beyond;
    return Outcome.of(found == null ? value : found.value, LanczosRun.METHOD, status)
        .withResidual(relativeResidual())
        .withProducts(products())
        .because(certified ? met() : reason);
  }

  /** The pair as it was at the convergence, or the outermost one seen. */
  RitzPair pair(Outcome outcome) {
    Beyond found = beyond;
    if (found != null) {
      return new RitzPair(outcome, found.vector, found.residual + error);
    }
    Tridiagonal.Pair pair = home.extreme(end, convergedAt > 0 ? convergedAt : home.products());
    return new RitzPair(outcome, home.vector(pair), home.residual(pair) + error);
  }

  /** Frees chains of its own. */
  void release() {
    check = null;
    if (home != shared) {
      home.release(0);
    }
  }
}
