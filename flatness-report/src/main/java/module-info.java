/** The report document: JSON, CSV and terminal tables. */
module dev.flatness.report {
  requires transitive dev.flatness;
  requires com.fasterxml.jackson.core;
  requires java.desktop;
  requires static transitive org.jspecify;

  exports dev.flatness.report;
}
