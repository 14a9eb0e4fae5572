package dev.flatness.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines of comma-separated cells (RFC 4180): a cell may be quoted, a quote in it doubled; lines end
 * in LF or CRLF. One line is held at a time.
 */
final class CsvLines {
  /** The longest line read: far beyond real rows, and no threat to memory. */
  static final int MAX_LINE = 64 << 20;

  private static final int MAX_COLUMNS = 1 << 24;

  private final InputStream in;
  private final Object file;
  private final byte[] block = new byte[Bytes.BLOCK];
  private int at;
  private int filled;
  private byte[] line = new byte[1024];
  private int used;
  private int[] ends = new int[16];
  private int columns;
  private int number;

  CsvLines(InputStream in, Object file) {
    this.in = in;
    this.file = file;
  }

  /** Reads the next line; false at the end of the file. */
  boolean next() throws IOException {
    used = 0;
    columns = 0;
    int b = read();
    if (b < 0) {
      return false;
    }
    number++;
    if (number == 1 && b == 0xef && read() == 0xbb && read() == 0xbf) {
      b = read();
    }
    while (true) {
      b = b == '"' ? quoted() : plain(b);
      endCell();
      if (b == ',') {
        b = read();
      } else {
        return true;
      }
    }
  }

  /** Reads a cell up to the separator, which it returns; a carriage return ends a line with LF. */
  private int plain(int first) throws IOException {
    int b = first;
    while (b != ',' && b != '\n' && b >= 0) {
      if (b == '"') {
        throw refuse("has a quote inside an unquoted cell", "put the whole cell in quotes");
      }
      append(b);
      b = read();
    }
    if (b != ',' && used > cellStart() && line[used - 1] == '\r') {
      used--;
    }
    return b;
  }

  private int quoted() throws IOException {
    while (true) {
      int b = read();
      if (b < 0) {
        throw refuse("ends inside a quoted cell", "close the quote");
      }
      if (b == '"') {
        b = read();
        if (b != '"') {
          if (b == '\r') {
            b = read();
          }
          if (b != ',' && b != '\n' && b >= 0) {
            throw refuse("has text after a closing quote", "put the whole cell in quotes");
          }
          return b;
        }
      }
      append(b);
    }
  }

  private int read() throws IOException {
    if (at == filled) {
      filled = in.read(block, 0, block.length);
      at = 0;
      if (filled <= 0) {
        filled = 0;
        return -1;
      }
    }
    return block[at++] & 0xff;
  }

  private void append(int b) {
    if (b == 0) {
      throw refuse("holds a zero byte, so it is no text", "give comma-separated text");
    }
    if (used == line.length) {
      if (used >= MAX_LINE) {
        throw refuse("is longer than " + MAX_LINE + " bytes", "give one sample a line");
      }
      line = Arrays.copyOf(line, 2 * used);
    }
    line[used++] = (byte) b;
  }

  private void endCell() {
    if (columns == ends.length) {
      if (columns >= MAX_COLUMNS) {
        throw refuse("is one too many, at most " + MAX_COLUMNS + " are read", "give shorter lines");
      }
      ends = Arrays.copyOf(ends, 2 * columns);
    }
    ends[columns++] = used;
  }

  private int cellStart() {
    return columns == 0 ? 0 : ends[columns - 1];
  }

  private IllegalArgumentException refuse(String problem, String remedy) {
    return Refusal.of(file, "line " + number + ", column " + (columns + 1) + " " + problem, remedy);
  }

  /** The line's number, from 1; a line break inside quotes does not count. */
  int number() {
    return number;
  }

  int columns() {
    return columns;
  }

  boolean isBlank() {
    return columns == 1 && text(0).isEmpty();
  }

  String text(int column) {
    int start = column == 0 ? 0 : ends[column - 1];
    return new String(line, start, ends[column] - start, StandardCharsets.UTF_8).strip();
  }

  /** Whether a cell is an integer: an optional sign and digits. */
  boolean isInteger(int column) {
    int start = start(column);
    int end = end(column, start);
    if (start < end && (line[start] == '-' || line[start] == '+')) {
      start++;
    }
    for (int i = start; i < end; i++) {
      if (line[i] < '0' || line[i] > '9') {
        return false;
      }
    }
    return start < end;
  }

  /**
   * The value of a cell in decimal notation; NaN where it is none, infinite where it is too large.
   */
  double value(int column) {
    int start = start(column);
    int end = end(column, start);
    long digits = 0;
    boolean plain = end > start && end - start <= 15;
    for (int i = start; i < end; i++) {
      byte b = line[i];
      if (b >= '0' && b <= '9') {
        digits = 10 * digits + b - '0';
      } else if (b == '.' || b == '-' || b == '+' || b == 'e' || b == 'E') {
        plain = false;
      } else {
        return Double.NaN;
      }
    }
    if (plain) {
      return digits;
    }
    try {
      return Double.parseDouble(new String(line, start, end - start, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private int start(int column) {
    int start = column == 0 ? 0 : ends[column - 1];
    while (start < ends[column] && (line[start] == ' ' || line[start] == '\t')) {
      start++;
    }
    return start;
  }

  private int end(int column, int start) {
    int end = ends[column];
    while (end > start && (line[end - 1] == ' ' || line[end - 1] == '\t')) {
      end--;
    }
    return end;
  }
}
