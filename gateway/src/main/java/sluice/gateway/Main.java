package sluice.gateway;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import sluice.gateway.up.RehearseCommand;
import sluice.gateway.up.UpCommand;

/// The command line.
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "A pool for notebooks: kernels behind one gateway, for JupyterLab here or anywhere.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {UpCommand.class, RehearseCommand.class, GatewayCommand.class, AutoComplete.GenerateCompletion.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(new Complaints())
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedSubcommandsAllowed(false);
    }
}
