package dev.flatness.report;

/**
 * The dataset of a report.
 *
 * @param file the file or the generator it came from
 * @param samples the number of samples used
 */
public record ReportData(String file, long samples) {}
