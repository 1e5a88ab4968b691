package sluice.gateway;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import sluice.gateway.cli.CompletionCommand;
import sluice.gateway.cli.DoctorCommand;
import sluice.gateway.cli.GpusCommand;
import sluice.gateway.cli.KernelCommand;
import sluice.gateway.cli.QueueCommand;
import sluice.gateway.cli.QuotaCommand;
import sluice.gateway.cli.SimulateCommand;
import sluice.gateway.cli.StatusCommand;
import sluice.gateway.cli.TeamCommand;
import sluice.gateway.cli.TokenCommand;
import sluice.gateway.cli.UserCommand;
import sluice.gateway.cli.VersionCommand;
import sluice.gateway.up.EnvironmentCommand;
import sluice.gateway.up.RehearseCommand;
import sluice.gateway.up.UpCommand;

/// The command line.
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "A pool for notebooks: kernels behind one gateway, for JupyterLab here or anywhere.",
        footer = {
            "",
            "Start here:  sluice up         then open the address that it prints.",
            "             sluice doctor     when something does not work.",
            "             sluice build      after changing the sources;  sluice test  runs every test."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            StatusCommand.class,
            UserCommand.class,
            TokenCommand.class,
            TeamCommand.class,
            QuotaCommand.class,
            QueueCommand.class,
            KernelCommand.class,
            GpusCommand.class,
            SimulateCommand.class,
            DoctorCommand.class,
            GatewayCommand.class,
            CompletionCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class,
            RehearseCommand.class,
            EnvironmentCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /// The commands, for whoever wants to run one in this program.
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(new Complaints())
                .setUsageHelpWidth(110)
                .setAbbreviatedSubcommandsAllowed(false);
    }
}
