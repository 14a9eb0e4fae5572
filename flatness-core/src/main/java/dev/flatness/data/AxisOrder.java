package dev.flatness.data;

/** The order of the axes of an image, without the batch axis. */
public enum AxisOrder {
  /** Channel, height, width: one plane a channel. */
  NCHW("nchw", 0),
  /** Height, width, channel: the channels of a pixel side by side. */
  NHWC("nhwc", 2);

  private final String id;
  private final int channelAxis;

  AxisOrder(String id, int channelAxis) {
    this.id = id;
    this.channelAxis = channelAxis;
  }

  /**
   * Returns the name used on the command line.
   *
   * @return {@code nchw} or {@code nhwc}
   */
  public String id() {
    return id;
  }

  /** The position of the channel among the three axes of an image. */
  int channelAxis() {
    return channelAxis;
  }
}
