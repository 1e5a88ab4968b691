/// The schema, and the way to the database.
@NullMarked
package sluice.migrations;

import org.jspecify.annotations.NullMarked;
