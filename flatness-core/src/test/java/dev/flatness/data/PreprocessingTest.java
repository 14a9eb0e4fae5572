package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How stored samples are scaled and fitted to a model's input. */
class PreprocessingTest {
  private static final Preprocessing DEFAULTS = Preprocessing.withDefaults();

  @TempDir Path folder;

  private Path npz(byte[] x) {
    return Fixtures.write(folder, "data.npz", NpyBytes.npz(x, NpyBytes.labels(0)));
  }

  /** One sample of the given shape that counts 0, 1, 2, …, as float64. */
  private Path counting(int... shape) {
    Shape sample = Shape.of(shape);
    double[] values = new double[sample.size()];
    int[] all = new int[shape.length + 1];
    all[0] = 1;
    System.arraycopy(shape, 0, all, 1, shape.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return npz(NpyBytes.doubles(values, all));
  }

  private static FileDataset open(Path file, Shape model, Preprocessing preprocessing) {
    return Datasets.open(DataSource.of(file), model, preprocessing);
  }

  private void assertFed(
      Path file, Shape model, Preprocessing preprocessing, String note, double... expected) {
    try (FileDataset data = open(file, model, preprocessing)) {
      assertThat(data.inputShape()).isEqualTo(model);
      assertThat(Fixtures.inputs(data)).containsExactly(expected);
      if (note == null) {
        assertThat(data.notes()).isEmpty();
      } else {
        assertThat(data.notes()).containsExactly(note);
      }
    }
  }

  private Path cifar() {
    byte[] record = new byte[3073];
    for (int i = 0; i < 3072; i++) {
      record[i + 1] = (byte) (i / 1024 * 50 + i % 7);
    }
    return Fixtures.write(folder, "one.bin", record);
  }

  private static double cifarPixel(int channel, int pixel) {
    return channel * 50 + (channel * 1024 + pixel) % 7;
  }

  @Test
  void feedsPlanesAsTheyAreOrChannelsLastAsTheModelReads() {
    try (FileDataset data = open(cifar(), Shape.of(3, 32, 32), Fixtures.raw())) {
      assertThat(data.notes()).isEmpty();
      assertThat(Fixtures.inputs(data)[2 * 1024 + 33]).isEqualTo(cifarPixel(2, 33));
    }
    try (FileDataset data = open(cifar(), Shape.of(32, 32, 3), Fixtures.raw())) {
      assertThat(data.notes())
          .containsExactly(
              "samples [3, 32, 32] fed as [32, 32, 3]: order changed from nchw to nhwc");
      double[] inputs = Fixtures.inputs(data);
      for (int pixel = 0; pixel < 1024; pixel++) {
        for (int channel = 0; channel < 3; channel++) {
          assertThat(inputs[3 * pixel + channel]).isEqualTo(cifarPixel(channel, pixel));
        }
      }
    }
  }

  @Test
  void flattensPlanesInTheOrderOfTheFileUnlessAskedForTheOther() {
    try (FileDataset data = open(cifar(), Shape.of(3072, 1), Fixtures.raw())) {
      assertThat(data.inputShape()).isEqualTo(Shape.of(3072, 1));
      assertThat(data.notes())
          .containsExactly(
              "samples [3, 32, 32] fed as [3072, 1]: flattened in the order of the file (nchw)");
      assertThat(Fixtures.inputs(data)[1025]).isEqualTo(cifarPixel(1, 1));
    }
    for (Preprocessing last :
        new Preprocessing[] {
          Fixtures.raw().withLayout(AxisOrder.NHWC),
          Fixtures.raw().withInputShape(Shape.of(32, 32, 3))
        }) {
      try (FileDataset data = open(cifar(), Shape.of(3072), last)) {
        assertThat(data.inputShape()).isEqualTo(Shape.of(3072));
        assertThat(data.notes())
            .containsExactly("samples [3, 32, 32] fed as [3072]: order changed from nchw to nhwc");
        assertThat(Fixtures.inputs(data)[3 * 5 + 2]).isEqualTo(cifarPixel(2, 5));
      }
    }
  }

  @Test
  void normalizesByChannelInEveryOrder() {
    Preprocessing preprocessing =
        DEFAULTS.withMean(.4914, .4822, .4465).withStandardDeviation(.2470, .2435, .2616);
    double[] mean = preprocessing.mean();
    double[] deviation = preprocessing.standardDeviation();
    for (Shape model : new Shape[] {Shape.of(3, 32, 32), Shape.of(32, 32, 3), Shape.of(3072)}) {
      try (FileDataset data = open(cifar(), model, preprocessing)) {
        double[] inputs = Fixtures.inputs(data);
        for (int channel = 0; channel < 3; channel++) {
          double expected =
              (cifarPixel(channel, 9) * (1.0 / 255) - mean[channel]) / deviation[channel];
          int at = model.rank() == 3 && model.extent(2) == 3 ? 27 + channel : 1024 * channel + 9;
          assertThat(inputs[at]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void repeatsASingleMeanOverTheChannels() {
    Preprocessing preprocessing = DEFAULTS.withMean(.485, .456, .406).withStandardDeviation(.225);
    try (FileDataset data = open(cifar(), Shape.of(3, 32, 32), preprocessing)) {
      assertThat(Fixtures.inputs(data)[1024])
          .isEqualTo((cifarPixel(1, 0) * (1.0 / 255) - .456) / .225);
    }
  }

  @Test
  void addsDropsAndFlattensAxesOfSize1() {
    Path grey = counting(2, 3);
    assertFed(
        grey,
        Shape.of(1, 2, 3),
        DEFAULTS,
        "samples [2, 3] fed as [1, 2, 3]: an axis of size 1 added",
        0,
        1,
        2,
        3,
        4,
        5);
    assertFed(
        grey,
        Shape.of(2, 3, 1),
        DEFAULTS,
        "samples [2, 3] fed as [2, 3, 1]: an axis of size 1 added",
        0,
        1,
        2,
        3,
        4,
        5);
    assertFed(
        grey,
        Shape.of(6, 1),
        DEFAULTS,
        "samples [2, 3] fed as [6, 1]: flattened in the order of the file",
        0,
        1,
        2,
        3,
        4,
        5);
    assertFed(grey, Shape.of(2, 3), DEFAULTS, null, 0, 1, 2, 3, 4, 5);
    assertFed(
        counting(1, 2, 3),
        Shape.of(2, 3),
        DEFAULTS,
        "samples [1, 2, 3] fed as [2, 3]: an axis of size 1 dropped",
        0,
        1,
        2,
        3,
        4,
        5);
    assertFed(
        counting(1, 2, 3),
        Shape.of(2, 3, 1),
        DEFAULTS,
        "samples [1, 2, 3] fed as [2, 3, 1]: an axis of size 1 moved",
        0,
        1,
        2,
        3,
        4,
        5);
    assertFed(
        counting(6),
        Shape.of(1, 2, 3),
        DEFAULTS,
        "samples [6] fed as [1, 2, 3]: read in the order of the file",
        0,
        1,
        2,
        3,
        4,
        5);
  }

  @Test
  void movesTheChannelsOfAnArrayWhereOnlyThatFits() {
    assertFed(
        counting(2, 2, 3),
        Shape.of(3, 2, 2),
        DEFAULTS,
        "samples [2, 2, 3] fed as [3, 2, 2]: order changed from nhwc to nchw",
        0,
        3,
        6,
        9,
        1,
        4,
        7,
        10,
        2,
        5,
        8,
        11);
    assertFed(
        counting(3, 2, 2),
        Shape.of(2, 2, 3),
        DEFAULTS,
        "samples [3, 2, 2] fed as [2, 2, 3]: order changed from nchw to nhwc",
        0,
        4,
        8,
        1,
        5,
        9,
        2,
        6,
        10,
        3,
        7,
        11);
    assertFed(
        counting(3, 2, 2), Shape.of(3, 2, 2), DEFAULTS, null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void asksForTheLayoutOfACubeAndObeysIt() {
    Path cube = counting(2, 2, 2);
    Fixtures.assertRefused(
        () -> open(cube, Shape.of(2, 2, 2), DEFAULTS),
        cube
            + ": has samples of shape [2, 2, 2], which fit the model's [2, 2, 2] in two readings: as"
            + " they are (nchw), or with the channels last in the file and moved first (nhwc); say"
            + " which by --layout nchw or --layout nhwc");
    assertFed(
        cube, Shape.of(2, 2, 2), DEFAULTS.withLayout(AxisOrder.NCHW), null, 0, 1, 2, 3, 4, 5, 6, 7);
    assertFed(
        cube,
        Shape.of(2, 2, 2),
        DEFAULTS.withLayout(AxisOrder.NHWC),
        "samples [2, 2, 2] fed as [2, 2, 2]: order changed from nhwc to nchw",
        0,
        2,
        4,
        6,
        1,
        3,
        5,
        7);
  }

  @Test
  void unflattensRowsThatAreImagesWithChannelsLastOnRequest() {
    assertFed(
        counting(12),
        Shape.of(3, 2, 2),
        DEFAULTS.withLayout(AxisOrder.NHWC),
        "samples [12] fed as [3, 2, 2]: order changed from nhwc to nchw",
        0,
        3,
        6,
        9,
        1,
        4,
        7,
        10,
        2,
        5,
        8,
        11);
    assertFed(
        counting(12),
        Shape.of(2, 2, 3),
        DEFAULTS.withLayout(AxisOrder.NCHW),
        "samples [12] fed as [2, 2, 3]: order changed from nchw to nhwc",
        0,
        4,
        8,
        1,
        5,
        9,
        2,
        6,
        10,
        3,
        7,
        11);
  }

  @Test
  void refusesSamplesThatDoNotFit() {
    Path file = counting(2, 3);
    Fixtures.assertRefused(
        () -> open(file, Shape.of(7), DEFAULTS),
        file
            + ": has samples of shape [2, 3], 6 numbers, but the model reads [7], 7 numbers; give"
            + " data that fit the model");
    Fixtures.assertRefused(
        () -> open(file, Shape.of(3, 2), DEFAULTS),
        file
            + ": has samples of shape [2, 3], which can be read as [3, 2] neither as they are nor"
            + " with the channels moved; name the image that the model reads by --input-shape, such"
            + " as 3,32,32 or 32,32,3");
    Path cifar = cifar();
    Fixtures.assertRefused(
        () -> open(cifar, Shape.of(3, 32, 32), DEFAULTS.withLayout(AxisOrder.NHWC)),
        cifar
            + ": has samples of shape [3, 32, 32], which can be read as [3, 32, 32] neither as they"
            + " are nor with the channels moved under layout nhwc; name the image that the model"
            + " reads by --input-shape, such as 3,32,32 or 32,32,3, or leave the layout out");
    Fixtures.assertRefused(
        () -> open(file, Shape.of(6), DEFAULTS.withInputShape(Shape.of(7))),
        "input shape [7] has 7 numbers, but the model reads [6], 6 numbers; give a shape of as"
            + " many");
  }

  @Test
  void scalesIntegerPixelsBy255ButNotCounts() {
    byte[] bytes = Fixtures.bytes(0, 51, 255, 1);
    String note = "integer pixels (uint8) scaled by 1/255; a scale of 1 keeps them";
    Path flat = npz(NpyBytes.npy("|u1", false, bytes, 1, 4));
    assertFed(flat, Shape.of(4), DEFAULTS, note, 0, 51 * (1.0 / 255), 1, 1.0 / 255);
    assertFed(flat, Shape.of(4), DEFAULTS.withScale(1), null, 0, 51, 255, 1);
    byte[] shorts = Fixtures.bytes(0, 0, 255, 0);
    assertFed(npz(NpyBytes.npy("<i2", false, shorts, 1, 2)), Shape.of(2), DEFAULTS, null, 0, 255);
    try (FileDataset data =
        open(npz(NpyBytes.npy("<i2", false, new byte[8], 1, 2, 2)), Shape.of(1, 2, 2), DEFAULTS)) {
      assertThat(data.notes())
          .containsExactly(
              "samples [2, 2] fed as [1, 2, 2]: an axis of size 1 added",
              "integer pixels (int16) scaled by 1/255; a scale of 1 keeps them");
    }
  }

  @Test
  void normalizesFeaturesOneByOne() {
    assertFed(
        counting(3),
        Shape.of(3),
        DEFAULTS.withMean(1, 1, 4).withStandardDeviation(1, 2, 4),
        null,
        -1,
        0,
        -0.5);
  }

  @Test
  void asksWhereTheChannelsAreIfMeansFitTwoAxes() {
    Path file = counting(2, 3, 2);
    Preprocessing twice = DEFAULTS.withMean(0, 100);
    Fixtures.assertRefused(
        () -> open(file, Shape.of(2, 3, 2), twice),
        file
            + ": has images of shape [2, 3, 2] whose 2 channels may come first (nchw) or last"
            + " (nhwc); say which by --layout nchw or --layout nhwc");
    assertFed(
        file,
        Shape.of(2, 3, 2),
        twice.withLayout(AxisOrder.NHWC),
        null,
        0,
        -99,
        2,
        -97,
        4,
        -95,
        6,
        -93,
        8,
        -91,
        10,
        -89);
    assertFed(
        file,
        Shape.of(2, 3, 2),
        twice.withLayout(AxisOrder.NCHW),
        null,
        0,
        1,
        2,
        3,
        4,
        5,
        -94,
        -93,
        -92,
        -91,
        -90,
        -89);
  }

  @Test
  void refusesMeansThatAreNoneForEachChannel() {
    Path cifar = cifar();
    Fixtures.assertRefused(
        () -> open(cifar, Shape.of(3, 32, 32), DEFAULTS.withMean(1, 2)),
        cifar
            + ": has samples of shape [3, 32, 32], but mean or std has 2 numbers, one a channel;"
            + " give one number, or as many as there are channels");
    Path grey = counting(2, 3);
    Fixtures.assertRefused(
        () -> open(grey, Shape.of(1, 2, 3), DEFAULTS.withMean(1, 2)),
        grey
            + ": has samples of shape [2, 3], but mean or std has 2 numbers, one a channel; give one"
            + " number, or as many as there are channels");
  }

  @Test
  void takesSamplesInFileOrderSkipFirst() {
    Path file = Fixtures.write(folder, "rows.csv", "0,0\n1,1\n2,0\n3,1\n4,0\n".getBytes());
    try (FileDataset data = open(file, Shape.of(1), DEFAULTS.withSkip(1).withLimit(3))) {
      assertThat(data.size()).isEqualTo(3);
      assertThat(data.name()).isEqualTo("rows.csv, samples 1 to 3");
      assertThat(Fixtures.inputs(data)).containsExactly(1, 2, 3);
      assertThat(Fixtures.targets(data)).containsExactly(1, 0, 1);
      double[] last = new double[2];
      data.readTargets(1, 2, last);
      assertThat(last).containsExactly(0, 1);
      assertThatThrownBy(() -> data.readTargets(2, 2, last))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    try (FileDataset data = open(file, Shape.of(1), DEFAULTS.withLimit(100))) {
      assertThat(data.size()).isEqualTo(5);
    }
    Fixtures.assertRefused(
        () -> open(file, Shape.of(1), DEFAULTS.withSkip(5)),
        "skip 5 leaves no sample of rows.csv, which has 5; expected 0 to 4");
  }

  @Test
  void opensWithoutAModelInTheStoredOrAskedShape() {
    try (FileDataset data = Datasets.open(DataSource.of(counting(2, 2, 2)), DEFAULTS)) {
      assertThat(data.inputShape()).isEqualTo(Shape.of(2, 2, 2));
    }
    Preprocessing image = DEFAULTS.withInputShape(Shape.of(1, 2, 3));
    try (FileDataset data = Datasets.open(DataSource.of(counting(6)), image)) {
      assertThat(data.inputShape()).isEqualTo(Shape.of(1, 2, 3));
    }
  }

  @Test
  void refusesOptionsOutOfRange() {
    Fixtures.assertRefused(
        () -> DEFAULTS.withScale(0), "scale is 0.0, expected a finite number other than 0");
    Fixtures.assertRefused(
        () -> DEFAULTS.withScale(Double.NaN),
        "scale is NaN, expected a finite number other than 0");
    Fixtures.assertRefused(
        () -> DEFAULTS.withMean(), "mean is empty, expected one number or one a channel");
    Fixtures.assertRefused(
        () -> DEFAULTS.withMean(1, Double.NaN), "mean is [1.0, NaN], expected finite numbers");
    Fixtures.assertRefused(
        () -> DEFAULTS.withStandardDeviation(1, 0),
        "std is [1.0, 0.0], expected positive finite numbers");
    Fixtures.assertRefused(
        () -> DEFAULTS.withMean(1, 2).withStandardDeviation(1, 2, 3),
        "mean has 2 numbers and std 3, expected one each or as many of both as channels");
    Fixtures.assertRefused(() -> DEFAULTS.withSkip(-1), "skip is -1, expected at least 0");
    Fixtures.assertRefused(() -> DEFAULTS.withLimit(0), "limit is 0, expected at least 1");
  }
}
