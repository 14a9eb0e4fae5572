/**
 * Reports of measurements, spectra and comparisons: JSON and CSV for programs, tables for people.
 *
 * <p>{@link dev.flatness.report.Report} is the entry point.
 */
@NullMarked
package dev.flatness.report;

import org.jspecify.annotations.NullMarked;
