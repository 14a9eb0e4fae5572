/** Parameters of networks found by name in files of other tools. */
@NullMarked
package dev.flatness.internal.parameters;

import org.jspecify.annotations.NullMarked;
