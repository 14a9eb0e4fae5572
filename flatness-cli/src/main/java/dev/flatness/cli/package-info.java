/** The {@code flatness} command. */
package dev.flatness.cli;
