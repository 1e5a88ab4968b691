package sluice.gateway;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import sluice.gateway.cli.CannotDo;
import sluice.gateway.config.BadConfig;
import sluice.gateway.up.StartFailed;
import sluice.migrations.DatabaseAway;
import sluice.migrations.MigrationFailed;
import sluice.migrations.embedded.DatabaseFailed;

/// What goes wrong in a command, told in one line: the failures that have words for the user speak for themselves,
/// anything else is ours, and comes with its trace.
final class Complaints implements IExecutionExceptionHandler {
    private static final int FAILED = 1;

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        var words = switch (e) {
            case BadConfig bad -> bad.reason();
            case CannotDo cannot -> cannot.reason();
            case StartFailed failed -> failed.reason();
            case DatabaseAway away -> away.reason();
            case DatabaseFailed failed -> failed.reason();
            case MigrationFailed failed -> failed.reason();
            case IOException io -> String.valueOf(io.getMessage());
            default -> {
                e.printStackTrace(command.getErr());
                yield "this should not have happened: " + e;
            }
        };
        command.getErr().println("sluice: " + words);
        command.getErr().flush();
        return FAILED;
    }
}
