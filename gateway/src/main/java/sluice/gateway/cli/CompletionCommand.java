package sluice.gateway.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sluice completion`.
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print a script that completes commands in bash and zsh: source <(sluice completion)")
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec command;

    @Override
    public Integer call() {
        if (command == null) return 1;
        var root = command.root().commandLine();
        root.getOut().println(AutoComplete.bash(root.getCommandName(), root));
        root.getOut().flush();
        return 0;
    }
}
