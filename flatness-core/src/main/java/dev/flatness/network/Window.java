package dev.flatness.network;

/**
 * The geometry of a sliding two-dimensional window: a convolution's or a pooling's.
 *
 * <p>Formula: output extent = ⌊(input + padBefore + padAfter − dilation·(kernel−1) − 1) / stride⌋ +
 * 1 on each axis.
 *
 * <p>Units: pixels. Errors: an extent, stride or dilation below 1 or a negative padding is an
 * {@link IllegalArgumentException}.
 *
 * @param kernelHeight the window's height in taps
 * @param kernelWidth the window's width in taps
 * @param strideHeight the vertical stride
 * @param strideWidth the horizontal stride
 * @param padTop rows of padding above
 * @param padLeft columns of padding at the left
 * @param padBottom rows of padding below
 * @param padRight columns of padding at the right
 * @param dilationHeight the vertical distance between taps
 * @param dilationWidth the horizontal distance between taps
 */
public record Window(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    int dilationHeight,
    int dilationWidth) {
  /**
   * Checks the ranges.
   *
   * @param kernelHeight the window's height in taps
   * @param kernelWidth the window's width in taps
   * @param strideHeight the vertical stride
   * @param strideWidth the horizontal stride
   * @param padTop rows of padding above
   * @param padLeft columns of padding at the left
   * @param padBottom rows of padding below
   * @param padRight columns of padding at the right
   * @param dilationHeight the vertical distance between taps
   * @param dilationWidth the horizontal distance between taps
   */
  public Window {
    atLeast(1, kernelHeight, "kernel height");
    atLeast(1, kernelWidth, "kernel width");
    atLeast(1, strideHeight, "vertical stride");
    atLeast(1, strideWidth, "horizontal stride");
    atLeast(0, padTop, "top padding");
    atLeast(0, padLeft, "left padding");
    atLeast(0, padBottom, "bottom padding");
    atLeast(0, padRight, "right padding");
    atLeast(1, dilationHeight, "vertical dilation");
    atLeast(1, dilationWidth, "horizontal dilation");
  }

  private static void atLeast(int least, int value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(
          what + " of a window is " + value + ", expected at least " + least);
    }
  }

  /**
   * Makes a window of stride 1 without padding or dilation.
   *
   * @param height the kernel's height
   * @param width the kernel's width
   * @return the window
   */
  public static Window of(int height, int width) {
    return new Window(height, width, 1, 1, 0, 0, 0, 0, 1, 1);
  }

  /**
   * Returns this window with the same stride on both axes.
   *
   * @param stride the stride
   * @return the changed copy
   */
  public Window withStride(int stride) {
    return withStride(stride, stride);
  }

  /**
   * Returns this window with other strides.
   *
   * @param vertical the vertical stride
   * @param horizontal the horizontal stride
   * @return the changed copy
   */
  public Window withStride(int vertical, int horizontal) {
    return new Window(
        kernelHeight,
        kernelWidth,
        vertical,
        horizontal,
        padTop,
        padLeft,
        padBottom,
        padRight,
        dilationHeight,
        dilationWidth);
  }

  /**
   * Returns this window with the same padding on all sides.
   *
   * @param padding the padding
   * @return the changed copy
   */
  public Window withPadding(int padding) {
    return withPadding(padding, padding, padding, padding);
  }

  /**
   * Returns this window with other paddings.
   *
   * @param top rows above
   * @param left columns at the left
   * @param bottom rows below
   * @param right columns at the right
   * @return the changed copy
   */
  public Window withPadding(int top, int left, int bottom, int right) {
    return new Window(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        top,
        left,
        bottom,
        right,
        dilationHeight,
        dilationWidth);
  }

  /**
   * Returns this window with other dilations.
   *
   * @param vertical the vertical distance between taps
   * @param horizontal the horizontal distance between taps
   * @return the changed copy
   */
  public Window withDilation(int vertical, int horizontal) {
    return new Window(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        padBottom,
        padRight,
        vertical,
        horizontal);
  }

  /**
   * Returns the number of taps.
   *
   * @return kernel height times kernel width
   */
  public int taps() {
    return kernelHeight * kernelWidth;
  }

  /**
   * Tells whether any side is padded.
   *
   * @return whether a padding is positive
   */
  public boolean padded() {
    return padTop + padLeft + padBottom + padRight > 0;
  }

  /**
   * Returns the output's height.
   *
   * @param inputHeight the input's height
   * @return the number of window positions; below 1 if the window does not fit
   */
  public int outputHeight(int inputHeight) {
    return Math.floorDiv(
            inputHeight + padTop + padBottom - dilationHeight * (kernelHeight - 1) - 1,
            strideHeight)
        + 1;
  }

  /**
   * Returns the output's width.
   *
   * @param inputWidth the input's width
   * @return the number of window positions; below 1 if the window does not fit
   */
  public int outputWidth(int inputWidth) {
    return Math.floorDiv(
            inputWidth + padLeft + padRight - dilationWidth * (kernelWidth - 1) - 1, strideWidth)
        + 1;
  }
}
