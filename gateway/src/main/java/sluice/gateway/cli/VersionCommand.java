package sluice.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import sluice.gateway.Version;

/// `sluice version`.
@Command(name = "version", mixinStandardHelpOptions = true, description = "Which Sluice this is.")
public final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println("sluice %s (Java %s)".formatted(Version.number(), Runtime.version()));
        return 0;
    }
}
