package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;

/**
 * A part of a report: how one kind of result is shown in a terminal and written as JSON and CSV.
 *
 * <p>A section reads its results directly. The output of a new command is one more section.
 */
sealed interface Section
    permits ModelSection,
        SurfaceSection,
        LayerSection,
        DataSection,
        LossSection,
        MeasureSection,
        SpectrumSection,
        PathSection,
        RescalingSection,
        AuditSection,
        BoundSection,
        GeneralizationSection,
        LandscapeSection {
  /** Shows the section. */
  void text(TextPage page);

  /** Writes the section's fields into the report's object. */
  void json(JsonGenerator json) throws IOException;

  /** Whether the section's numbers are a table of their own. */
  default boolean hasTable() {
    return false;
  }

  /** Writes the numbers as comma-separated values with a header. */
  default void csv(Writer writer) throws IOException {
    throw new IOException("a " + getClass().getSimpleName() + " has no table");
  }

  /** Whether every number met its tolerance. */
  default boolean acceptable() {
    return true;
  }
}
