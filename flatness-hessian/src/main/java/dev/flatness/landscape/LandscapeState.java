package dev.flatness.landscape;

import dev.flatness.internal.runs.StateFile;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The points of a slice that are evaluated so far, in their order. */
final class LandscapeState {
  private static final String LANCZOS = "lanczos";
  private static final String BEYOND = "the point lies beyond the domain of the coordinates";

  final double[] loss;
  final double[] accuracy;
  final boolean[] outside;
  final boolean[] accurate;

  /** The eigenvalue and its residual, NaN where there is none; empty if they are not asked for. */
  final double[] eigenvalue;

  final double[] residual;
  int done;

  LandscapeState(int points, boolean eigenvalues) {
    loss = new double[points];
    accuracy = new double[points];
    outside = new boolean[points];
    accurate = new boolean[points];
    eigenvalue = new double[eigenvalues ? points : 0];
    residual = new double[eigenvalue.length];
    for (double[] values : List.of(loss, accuracy, eigenvalue, residual)) {
      Arrays.fill(values, Double.NaN);
    }
  }

  void eigenvalue(int point, Outcome found) {
    eigenvalue[point] = found.value();
    residual[point] = found.residual().orElse(Double.NaN);
    accurate[point] = found.status().acceptable();
  }

  List<Outcome> topEigenvalues() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < Math.min(done, eigenvalue.length); i++) {
      if (Double.isNaN(eigenvalue[i])) {
        outcomes.add(Outcome.notApplicable(BEYOND));
        continue;
      }
      Status status = accurate[i] ? Status.CONVERGED : Status.NOT_CONVERGED;
      Outcome outcome = Outcome.of(eigenvalue[i], LANCZOS, status);
      outcomes.add(Double.isNaN(residual[i]) ? outcome : outcome.withResidual(residual[i]));
    }
    return outcomes;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(done);
    for (double[] values : List.of(loss, accuracy, eigenvalue, residual)) {
      StateFile.write(out, values);
    }
    for (int i = 0; i < loss.length; i++) {
      out.writeByte((outside[i] ? 1 : 0) + (accurate[i] ? 2 : 0));
    }
  }

  boolean read(DataInputStream in, long bytes) throws IOException {
    if (bytes != 4 + 8L * 2 * (loss.length + eigenvalue.length) + loss.length) {
      return false;
    }
    done = in.readInt();
    for (double[] values : List.of(loss, accuracy, eigenvalue, residual)) {
      StateFile.read(in, values);
    }
    for (int i = 0; i < loss.length; i++) {
      int flags = in.readByte();
      outside[i] = (flags & 1) != 0;
      accurate[i] = (flags & 2) != 0;
    }
    return done >= 0 && done <= loss.length;
  }
}
