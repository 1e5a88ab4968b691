package sluice.gateway;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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
            case BadOption bad -> bad.reason();
            case FileSystemException file -> "%s: %s".formatted(file.getFile(), why(file));
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

    // These exceptions' own message is often nothing but the file's name.
    private static String why(FileSystemException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "there is no such file or folder";
            case FileAlreadyExistsException _ -> "it is there already, and not as a folder";
            default -> e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        };
    }
}
