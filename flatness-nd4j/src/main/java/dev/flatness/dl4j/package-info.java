/** Networks of Deeplearning4j: read, measured, written back. */
@NullMarked
package dev.flatness.dl4j;

import org.jspecify.annotations.NullMarked;
