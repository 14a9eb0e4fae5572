package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the targets of a dataset look like: whole numbers, one-hot rows, how many classes.
 *
 * <p>Cost: {@link #of} reads every target once; memory does not grow with their number.
 */
public final class Targets {
  private static final int CHUNK = 4096;
  private static final int CHUNK_ENTRIES = 1 << 20;
  private static final int MOST_CLASSES = 1 << 16;
  private static final int LAST_CLASS = Integer.MAX_VALUE - 1;

  /** More classes than this are questioned where fewer than one in ten occurs. */
  private static final int COMMON_CLASSES = 1000;

  private final Dataset data;
  private final boolean whole;
  private final boolean oneHot;
  private final boolean binary;
  private final double largest;
  private final double noClass;
  private final int questionable;
  private final boolean tooMany;
  private final int occurring;
  private final double mostFrequent;

  private Targets(Scan scan) {
    data = scan.data;
    whole = scan.whole;
    oneHot = scan.oneHot;
    binary = scan.binary;
    largest = scan.largest;
    noClass = scan.noClass;
    questionable = whole || oneHot ? scan.largestAt : scan.noClassAt;
    tooMany = scan.tooMany;
    occurring = scan.counts.size();
    int most = scan.counts.values().stream().mapToInt(count -> count[0]).max().orElse(0);
    mostFrequent = scan.tooMany || !scan.labels() ? Double.NaN : (double) most / data.size();
  }

  /**
   * Looks at the targets.
   *
   * @param data the samples
   * @return what they look like
   */
  public static Targets of(Dataset data) {
    Scan scan = new Scan(data);
    int size = data.inputShape().size();
    int chunk = Math.max(1, Math.min(Math.min(CHUNK, data.size()), CHUNK_ENTRIES / size));
    double[] targets = new double[chunk * data.targetSize()];
    for (int first = 0; first < data.size(); first += chunk) {
      int count = Math.min(chunk, data.size() - first);
      data.readTargets(first, count, targets);
      for (int i = 0; i < count; i++) {
        scan.see(targets, i * data.targetSize());
      }
    }
    return new Targets(scan);
  }

  /**
   * Tells whether each target is one whole number from 0, as class indices are, in whatever type
   * they are stored.
   *
   * @return true for labels
   */
  public boolean whole() {
    return whole;
  }

  /**
   * Tells whether each target is a row of zeros with a single 1.
   *
   * @return false for rows of one number
   */
  public boolean oneHot() {
    return oneHot;
  }

  /**
   * Tells whether every entry of the targets is 0 or 1.
   *
   * @return true for one-hot rows, for binary labels and for labels of which several hold
   */
  public boolean binary() {
    return binary;
  }

  /**
   * Tells whether whole numbers leave out no class between 0 and the largest.
   *
   * @return true where each of at least two classes occurs
   */
  public boolean complete() {
    return (whole || oneHot) && occurring >= 2 && occurring == largest + 1;
  }

  /**
   * Returns the accuracy of always naming the most frequent class.
   *
   * @return a share from 0 to 1; NaN where the targets are no classes, or more than 65,536
   */
  public double mostFrequent() {
    return mostFrequent;
  }

  /**
   * Returns the largest label.
   *
   * @return the index of the last class that occurs; NaN where the targets are no classes
   */
  public double largest() {
    return whole || oneHot ? largest : Double.NaN;
  }

  /**
   * Returns the number of classes, also of those below the largest label that do not occur.
   *
   * <p>A label that counts something else, as a year or a price, would ask for a network of as many
   * outputs. So more than 1,000 classes of which fewer than one in ten occurs are refused.
   *
   * @return the largest label plus one
   * @throws IllegalArgumentException if the targets are no classes, or if hardly any of very many
   *     classes occurs; naming the sample
   */
  public int classes() {
    if (!whole && !oneHot) {
      throw new IllegalArgumentException(
          (data.targetSize() == 1
                  ? label(noClass)
                  : "the targets of sample "
                      + questionable
                      + " in "
                      + data.name()
                      + " are no one-hot row")
              + ", expected a class from 0 to "
              + LAST_CLASS
              + ", for a network has one output per class; number the classes from 0");
    }
    long classes = (long) largest + 1;
    if (classes > COMMON_CLASSES && !tooMany && 10L * occurring < classes) {
      throw new IllegalArgumentException(
          label(largest)
              + ", which makes "
              + classes
              + " classes, but only "
              + occurring
              + " of them occur in "
              + data.size()
              + " samples; number the classes from 0 without gaps, or fit the numbers as they are"
              + " with squared-error");
    }
    return (int) classes;
  }

  private String label(double label) {
    return "label "
        + (Double.isFinite(label)
            ? BigDecimal.valueOf(label).stripTrailingZeros().toPlainString()
            : label)
        + " of sample "
        + questionable
        + " in "
        + data.name();
  }

  /**
   * Reads whole numbers or one-hot rows as class labels.
   *
   * @return the samples with targets of kind {@link TargetKind#LABELS}; empty where the targets are
   *     neither
   */
  public Optional<Dataset> labels() {
    if (data.targetKind() == TargetKind.LABELS) {
      return Optional.of(data);
    }
    return whole || oneHot ? Optional.of(new LabelView(data)) : Optional.empty();
  }

  /** What has been seen so far. */
  private static final class Scan {
    private final Dataset data;
    private final Map<Integer, int[]> counts = new HashMap<>();
    private boolean whole;
    private boolean oneHot;
    private boolean binary = true;
    private boolean tooMany;
    private double largest;
    private int largestAt;

    /** The first number that is no class, if there is one. */
    private double noClass;

    private int noClassAt;
    private int sample;

    Scan(Dataset data) {
      this.data = data;
      this.whole = data.targetSize() == 1;
      this.oneHot = data.targetSize() > 1;
    }

    boolean labels() {
      return whole || oneHot;
    }

    void see(double[] targets, int at) {
      double target = targets[at];
      if (whole && !(target >= 0 && target <= LAST_CLASS && target == Math.rint(target))) {
        whole = false;
        noClass = target;
        noClassAt = sample;
      }
      for (int i = 0; i < data.targetSize(); i++) {
        binary &= targets[at + i] == 0 || targets[at + i] == 1;
      }
      int hot = oneHot ? hot(targets, at, data.targetSize()) : -1;
      if (oneHot && hot < 0) {
        oneHot = false;
        noClassAt = sample;
      }
      if (labels()) {
        int label = oneHot ? hot : (int) target;
        if (label > largest) {
          largest = label;
          largestAt = sample;
        }
        int[] count = counts.get(label);
        if (count != null) {
          count[0]++;
        } else if (counts.size() < MOST_CLASSES) {
          counts.put(label, new int[] {1});
        } else {
          tooMany = true;
        }
      }
      sample++;
    }
  }

  /** The position of the single 1 among zeros, or -1. */
  static int hot(double[] targets, int at, int size) {
    int hot = -1;
    for (int i = 0; i < size; i++) {
      if (targets[at + i] == 1 && hot < 0) {
        hot = i;
      } else if (targets[at + i] != 0) {
        return -1;
      }
    }
    return hot;
  }

  /** Samples whose whole numbers or one-hot rows are read as labels. */
  private static final class LabelView implements Dataset {
    private final Dataset data;

    LabelView(Dataset data) {
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
      return TargetKind.LABELS;
    }

    @Override
    public int targetSize() {
      return 1;
    }

    @Override
    public void read(int first, int count, double[] inputs, double[] targets) {
      int width = data.targetSize();
      if (width == 1) {
        data.read(first, count, inputs, targets);
        return;
      }
      double[] rows = new double[count * width];
      data.read(first, count, inputs, rows);
      for (int i = 0; i < count; i++) {
        targets[i] = hot(rows, i * width, width);
      }
    }

    @Override
    public void readTargets(int first, int count, double[] targets) {
      int width = data.targetSize();
      if (width == 1) {
        data.readTargets(first, count, targets);
        return;
      }
      double[] rows = new double[count * width];
      data.readTargets(first, count, rows);
      for (int i = 0; i < count; i++) {
        targets[i] = hot(rows, i * width, width);
      }
    }

    @Override
    public String name() {
      return data.name();
    }
  }
}
