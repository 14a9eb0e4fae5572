package dev.flatness.internal.report.chart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/** A picture of numbers, with the numbers. */
public interface Chart {
  /**
   * Returns what is shown, a few words.
   *
   * @return the title
   */
  String title();

  /**
   * Returns what is to be seen, for those who do not see it.
   *
   * @return a sentence or two
   */
  String words();

  /**
   * Returns the width.
   *
   * @return pixels
   */
  double width();

  /**
   * Returns the height.
   *
   * @return pixels
   */
  double height();

  /**
   * Draws.
   *
   * @param canvas on what
   */
  void draw(Canvas canvas);

  /**
   * Returns the numbers that are drawn.
   *
   * @return rows of cells, the header first
   */
  List<List<String>> table();

  /**
   * Returns the chart as an SVG file of its own.
   *
   * @return the document
   */
  default String svg() {
    return SvgCanvas.of(this, true, false, "chart");
  }

  /**
   * Returns the chart as an SVG file of its own for dark pages.
   *
   * @return the document
   */
  default String darkSvg() {
    return SvgCanvas.of(this, true, true, "chart");
  }

  /**
   * Tells whether this machine has fonts for images.
   *
   * @return whether {@link #png} works
   */
  static boolean hasFonts() {
    return PngCanvas.hasFonts();
  }

  /**
   * Returns the chart as an image of twice its size.
   *
   * @return PNG, with the fonts of this machine, which has some
   * @throws IOException if there is no writer of PNG
   */
  default byte[] png() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(PngCanvas.of(this), "png", bytes)) {
      throw new IOException("this Java cannot write PNG; take the SVG");
    }
    return bytes.toByteArray();
  }

  /**
   * Returns the chart as an element of a page, in the page's colors.
   *
   * @param id a name that the page has once
   * @return the element
   */
  default String element(String id) {
    return SvgCanvas.of(this, false, false, id);
  }
}
