package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged and malicious .npy and .npz files end in words. */
class HostileNumpyTest {
  private static final String SAVE = "; save the array again with numpy.save or numpy.savez";
  private static final String DAMAGED = "; the file is damaged, copy or save it again";
  private static final String TRUNCATED =
      "; the file is truncated or damaged, copy or save it again";
  private static final byte[] Y = NpyBytes.labels(0, 1);

  @TempDir Path folder;

  private FileDataset open(byte[] npz) {
    return Datasets.open(DataSource.of(Fixtures.write(folder, "data.npz", npz)), Fixtures.raw());
  }

  private void assertRefused(byte[] npz, String message) {
    Fixtures.assertRefused(() -> open(npz), folder.resolve("data.npz") + message);
  }

  private static byte[] doubles() {
    return NpyBytes.doubles(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
  }

  private static byte[] header(String header) {
    return NpyBytes.npz(NpyBytes.npy(1, header, new byte[48]), Y);
  }

  @Test
  void refusesWhatDoesNotBeginAsAnArray() {
    assertRefused(
        NpyBytes.npz("plain text".getBytes(StandardCharsets.US_ASCII), Y),
        ": array \"x\" is not a .npy array, it does not begin with \\x93NUMPY" + SAVE);
    assertRefused(
        NpyBytes.npz(new byte[0], Y),
        ": array \"x\" is not a .npy array, it does not begin with \\x93NUMPY" + SAVE);
  }

  @Test
  void refusesUnknownVersions() {
    assertRefused(
        NpyBytes.npz(NpyBytes.npy(4, "{}", new byte[0]), Y),
        ": array \"x\" has .npy format version 4, expected 1, 2 or 3" + SAVE);
  }

  @Test
  void refusesHeadersThatAreTooLongOrCutOff() {
    byte[] array = NpyBytes.npy(2, "{}", new byte[0]);
    ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putInt(8, Integer.MAX_VALUE);
    assertRefused(
        NpyBytes.npz(array, Y),
        ": array \"x\" has a .npy header of 2147483647 bytes, expected at most 65536" + SAVE);
    ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
    assertRefused(
        NpyBytes.npz(array, Y),
        ": array \"x\" has a .npy header of 4294967295 bytes, expected at most 65536" + SAVE);
    ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 100);
    assertRefused(
        NpyBytes.npz(array, Y),
        ": array \"x\" ends inside its .npy header; the file is truncated, copy it again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'extra': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)} + exit()",
        "{'descr': '<f8', 'fortran_order': None, 'shape': (2, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, -3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 99999999999999999999)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3.0)}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f8",
        "{'descr': [('a', '<f8')",
        "{",
        ""
      })
  void refusesHeadersThatAreNoDictionary(String header) {
    String shown = header.length() <= 60 ? header : header.substring(0, 57) + "...";
    assertRefused(
        header(header),
        ": array \"x\" has the .npy header \""
            + shown
            + "\", expected {'descr': …, 'fortran_order': …, 'shape': …}"
            + SAVE);
  }

  @Test
  void refusesShapesThatNoFileCanHold() {
    assertRefused(
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 3)}"),
        ": array \"x\" claims the shape [4611686018427387904, 3], more than any file can hold; the"
            + " file is damaged, save the array again with numpy.save or numpy.savez");
    assertRefused(
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 3)}"),
        ": array \"x\" has 48 bytes of elements, but float64 of shape [1000000000, 3] takes"
            + " 24000000000; the file is damaged, copy it or save the array again");
  }

  @Test
  void refusesArraysWithTooFewOrTooManyElements() {
    byte[] x = doubles();
    assertRefused(
        NpyBytes.npz(Arrays.copyOf(x, x.length - 1), Y),
        ": array \"x\" has 47 bytes of elements, but float64 of shape [2, 3] takes 48; the file is"
            + " damaged, copy it or save the array again");
    assertRefused(
        NpyBytes.npz(Arrays.copyOf(x, x.length + 8), Y),
        ": array \"x\" has 56 bytes of elements, but float64 of shape [2, 3] takes 48; the file is"
            + " damaged, copy it or save the array again");
  }

  @Test
  void refusesDeflatedArraysWhoseSizesContradictTheHeader() {
    byte[] x = doubles();
    byte[] longer = Arrays.copyOf(x, x.length + 8);
    assertRefused(
        NpyBytes.npz(true, new String[] {"x.npy", "y.npy"}, longer, Y),
        ": array \"x\" announces "
            + longer.length
            + " bytes, but its header describes "
            + x.length
            + DAMAGED);
  }

  @Test
  void refusesZipBombs() {
    // announces a terabyte in directory and header, packed into a few bytes
    byte[] x =
        NpyBytes.npy(
            1,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000), }",
            new byte[1000]);
    byte[] npz = NpyBytes.npz(true, new String[] {"x.npy", "y.npy"}, x, Y);
    int directory = indexOf(npz, new byte[] {'P', 'K', 1, 2}, 0);
    long announced = x.length - 1000 + 1_000_000_000_000L;
    ByteBuffer.wrap(npz).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 24, -2);
    assertThatThrownBy(() -> open(npz))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            folder.resolve("data.npz")
                + ": array \"x\" announces 4294967294 bytes, but its header describes "
                + announced
                + DAMAGED);
  }

  @Test
  void refusesMoreThanDeflateCanUnpack() {
    byte[] x =
        NpyBytes.npy(
            1,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1000, 1000000), }",
            new byte[1000]);
    byte[] npz = NpyBytes.npz(true, new String[] {"x.npy", "y.npy"}, x, Y);
    int directory = indexOf(npz, new byte[] {'P', 'K', 1, 2}, 0);
    int announced = x.length - 1000 + 1_000_000_000;
    ByteBuffer buffer = ByteBuffer.wrap(npz).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(directory + 24, announced);
    int packed = buffer.getInt(directory + 20);
    assertRefused(
        npz,
        ": array \"x\" claims to unpack "
            + packed
            + " bytes to "
            + announced
            + ", which deflate cannot"
            + DAMAGED);
  }

  @Test
  void refusesWrongChecksums() {
    byte[] stored = NpyBytes.npz(doubles(), Y);
    stored[indexOf(stored, new byte[] {'P', 'K', 3, 4}, 1) - 3] ^= 0x40;
    assertRefused(stored, ": array \"x\" has another checksum than the archive says" + DAMAGED);
    byte[] deflated = NpyBytes.npz(true, new String[] {"x.npy", "y.npy"}, doubles(), Y);
    deflated[indexOf(deflated, new byte[] {'P', 'K', 1, 2}, 0) + 16] ^= 1;
    assertRefused(deflated, ": array \"x\" has another checksum than the archive says" + DAMAGED);
  }

  @Test
  void refusesTruncatedArchives() {
    byte[] npz = NpyBytes.npz(doubles(), Y);
    assertRefused(
        Arrays.copyOf(npz, npz.length - 5),
        ": is not a complete zip archive, it has no directory at its end" + TRUNCATED);
    assertRefused(
        new byte[] {'P', 'K', 3, 4},
        ": is not a complete zip archive, it has no directory at its end" + TRUNCATED);
  }

  @Test
  void refusesEntriesOutsideTheFile() {
    byte[] npz = NpyBytes.npz(doubles(), Y);
    int directory = indexOf(npz, new byte[] {'P', 'K', 1, 2}, 0);
    byte[] far = npz.clone();
    ByteBuffer.wrap(far).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 42, 1 << 30);
    assertRefused(far, ": entry \"x.npy\" lies outside the file" + TRUNCATED);
    byte[] large = npz.clone();
    ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 20, 1 << 30);
    assertRefused(large, ": entry \"x.npy\" lies outside the file" + TRUNCATED);
    byte[] end = npz.clone();
    ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).putInt(end.length - 6, 1 << 30);
    assertRefused(end, ": its zip directory lies outside the file or is too large" + TRUNCATED);
  }

  @Test
  void refusesEncryptionOtherPackingAndDoubleEntries() {
    byte[] npz = NpyBytes.npz(doubles(), Y);
    int directory = indexOf(npz, new byte[] {'P', 'K', 1, 2}, 0);
    byte[] encrypted = npz.clone();
    encrypted[directory + 8] |= 1;
    assertRefused(encrypted, ": array \"x\" is encrypted; save it without a password");
    byte[] packed = npz.clone();
    packed[directory + 10] = 14;
    assertRefused(
        packed,
        ": array \"x\" is packed by zip method 14, expected 0 (stored) or 8 (deflated); save it"
            + " with numpy.savez or numpy.savez_compressed");
    byte[] twice = npz.clone();
    twice[indexOf(npz, new byte[] {'P', 'K', 1, 2}, directory + 1) + 46] = 'x';
    assertRefused(twice, ": holds two entries named \"x.npy\"; save it with one of each");
  }

  @Test
  void refusesTargetsThatDoNotFitTheInputs() {
    assertRefused(
        NpyBytes.npz(doubles(), NpyBytes.labels(0, 1, 2)),
        ": array \"y\" has 3 targets, but array \"x\" has 2 samples; give files of the same"
            + " samples");
    byte[] integers = new byte[24];
    integers[4] = 2;
    assertRefused(
        NpyBytes.npz(doubles(), NpyBytes.npy("<i4", false, integers, 2, 3)),
        ": array \"y\" has 3 integers of type int32 for each sample, expected one label, or a row of"
            + " zeros and ones; save class indices of shape [samples], or real targets as float64");
    assertRefused(
        NpyBytes.npz(doubles(), NpyBytes.doubles(new double[12], 2, 3, 2)),
        ": array \"y\" has targets of shape [3, 2] for each sample, expected one label or a vector;"
            + " save targets of shape [samples] or [samples, outputs]");
  }

  @Test
  void refusesNumbersThatAreNotFiniteNamingSampleAndPosition() {
    byte[] x = NpyBytes.doubles(new double[] {1, 2, 3, 4, 5, Double.NaN}, 2, 3);
    assertRefused(
        NpyBytes.npz(x, Y),
        ": input of sample 1 is NaN at position [2]; every input must be a finite number, repair"
            + " the sample or leave it out");
    byte[] y = NpyBytes.doubles(1, Double.POSITIVE_INFINITY);
    assertRefused(
        NpyBytes.npz(doubles(), y),
        ": target of sample 1 is Infinity at position [0]; every target must be a finite number,"
            + " repair the sample or leave it out");
    assertRefused(
        NpyBytes.npz(doubles(), NpyBytes.labels(0, -3)),
        ": label of sample 1 is -3, expected 0, 1, …; count classes from 0, or give real targets as"
            + " floating-point numbers");
  }

  @Test
  void checksOnlyTheSamplesThatAreTakenAndNumbersThemAsInTheFile() {
    byte[] npz = NpyBytes.npz(NpyBytes.doubles(1, 2, Double.NaN, 4), NpyBytes.labels(0, 1, 2, 3));
    Path file = Fixtures.write(folder, "data.npz", npz);
    try (FileDataset data = Datasets.open(DataSource.of(file), Fixtures.raw().withLimit(2))) {
      assertThat(Fixtures.inputs(data)).containsExactly(1, 2);
    }
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file), Fixtures.raw().withSkip(1)),
        file
            + ": input of sample 2 is NaN at position [0]; every input must be a finite number,"
            + " repair the sample or leave it out");
  }

  @Test
  void survivesEveryTruncationAndManyRandomChangesWithAnErrorInWords() {
    byte[] x = NpyBytes.doubles(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Random random = new Random(7);
    for (boolean deflated : new boolean[] {false, true}) {
      byte[] npz = NpyBytes.npz(deflated, new String[] {"x.npy", "y.npy"}, x, Y);
      for (int length = 0; length < npz.length; length++) {
        byte[] cut = Arrays.copyOf(npz, length);
        assertThatThrownBy(() -> open(cut)).isExactlyInstanceOf(IllegalArgumentException.class);
      }
      for (int trial = 0; trial < 400; trial++) {
        byte[] changed = npz.clone();
        for (int i = 0; i <= trial % 3; i++) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        try (FileDataset data = open(changed)) {
          // a change of names, dates or other entries may leave the arrays as they were
          assertThat(Fixtures.inputs(data)).containsExactly(1, 2, 3, 4, 5, 6);
          assertThat(Fixtures.targets(data)).containsExactly(0, 1);
        } catch (IllegalArgumentException e) {
          assertThat(e).hasMessageStartingWith(folder.resolve("data.npz").toString());
        }
      }
    }
  }

  private static int indexOf(byte[] in, byte[] wanted, int from) {
    for (int at = from; at + wanted.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
