package sluice.migrations;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/// The database does not answer now. Nothing is wrong with the request: asked again later it may work.
public final class DatabaseAway extends RuntimeException {
    DatabaseAway(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    /// Whether that failure, or what caused it, is the database being away: also a connection that broke in the middle
    /// of a statement, which JDBI wraps in exceptions of its own.
    public static boolean isBehind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseAway
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLNonTransientConnectionException) return true;
            // Class 08 is "connection exception" in every SQL database; 70100 is MariaDB's "query was killed".
            if (cause instanceof SQLException sql
                    && String.valueOf(sql.getSQLState()).startsWith("08")) return true;
        }
        return false;
    }
}
