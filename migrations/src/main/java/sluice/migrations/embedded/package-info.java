/// A MariaDB server of our own, for those who have none: unpacked, created, started, stopped.
@NullMarked
package sluice.migrations.embedded;

import org.jspecify.annotations.NullMarked;
