package dev.flatness.cli;

import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Targets;
import dev.flatness.internal.report.Digits;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.report.Report;
import dev.flatness.surface.Evaluation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A network read from a file, the data to evaluate it on, and the loss that both ask for. */
final class Session implements AutoCloseable {
  private final Network network;
  private final Network stored;
  private final FileDataset file;
  private final Losses.Choice choice;

  private final NetworkFile model;
  private final DataOptions options;
  private final EvaluationOptions evaluation;

  private Session(
      Network network,
      Network stored,
      FileDataset file,
      Losses.Choice choice,
      NetworkFile model,
      DataOptions options,
      EvaluationOptions evaluation) {
    this.model = model;
    this.options = options;
    this.evaluation = evaluation;
    this.network = network;
    this.stored = stored;
    this.file = file;
    this.choice = choice;
  }

  static Session open(NetworkFile model, DataOptions options, EvaluationOptions evaluation) {
    Network network = model.read(options.inputShape());
    FileDataset file =
        Datasets.open(options.source(), network.inputShape(), options.preprocessing());
    try {
      Losses.Choice choice = Losses.choose(evaluation.loss(), file, network);
      return new Session(
          Losses.fit(network, choice.loss()), network, file, choice, model, options, evaluation);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  Network network() {
    return network;
  }

  /** The network of the file, with what the loss takes from its end. */
  Network stored() {
    return stored;
  }

  Dataset data() {
    return choice.data();
  }

  Loss loss() {
    return choice.loss();
  }

  /**
   * Says of a run that will take long how long, unless a time limit ends it; refuses one of more
   * than 30 days.
   *
   * @param remedy what shortens it
   * @param err where to, null for nowhere
   */
  void announce(
      Settings settings, Supplier<List<Work>> work, String remedy, @Nullable PrintWriter err) {
    if (settings.given(Settings.TIME_LIMIT).isEmpty()) {
      RunTimeForecast.warning(work.get(), network, evaluation.surface(), data().size(), remedy)
          .ifPresent(
              line -> {
                if (err != null) {
                  RunTimeForecast.print(err, line);
                }
              });
    }
  }

  /**
   * What was done to the data without being asked for, and what looks wrong about the result.
   *
   * @param accuracy the share of samples that the network gets right, NaN where there is none
   */
  private List<String> notes(double accuracy) {
    List<String> notes = new ArrayList<>(file.notes());
    notes.addAll(choice.notes());
    if (accuracy < 1) {
      guessing(accuracy).ifPresent(notes::add);
    }
    return notes;
  }

  private Optional<String> guessing(double accuracy) {
    double guess = Targets.of(choice.data()).mostFrequent();
    if (guess == 1) {
      return Optional.of(
          "every sample has the same label; if the labels stand in another column of a CSV file,"
              + " name it (--label-column)");
    }
    return accuracy <= guess
        ? Optional.of(
            "accuracy "
                + Digits.six(100 * accuracy)
                + " % is no better than guessing, for the most frequent label alone gives "
                + Digits.six(100 * guess)
                + " %: are the inputs scaled as in training (--scale, --mean, --std)?")
        : Optional.empty();
  }

  /** A report with the files, the notes and the options of this run. */
  Report described(Report report, Evaluation at) {
    Map<String, Object> settings = new LinkedHashMap<>();
    evaluation.record(settings);
    model.record(settings);
    options.record(settings);
    return model
        .described(report)
        .withDataFile(options.file().toString())
        .withNotes(notes(at.accuracy()))
        .withSettings(settings);
  }

  @Override
  public void close() {
    file.close();
  }
}
