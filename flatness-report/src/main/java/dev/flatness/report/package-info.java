/** The report document of a measurement: JSON for machines, tables for people. */
package dev.flatness.report;
