/** The report document of a measurement: JSON for machines, tables for people. */
@NullMarked
package dev.flatness.report;

import org.jspecify.annotations.NullMarked;
