package sluice.gateway.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sluice.gateway.PoolOptions;
import sluice.gateway.cli.Finding.Grade;
import sluice.gateway.config.BadConfig;
import sluice.gateway.config.Config;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `sluice doctor`.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Look at this machine and say what a pool would miss, and what to do. Exit status 1 when one cannot run.")
public final class DoctorCommand implements Callable<Integer> {
    @Mixin
    PoolOptions options = new PoolOptions();

    @Option(names = "--json", description = "Print JSON, for programs.")
    boolean json;

    @Spec
    @Nullable
    CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        var findings = look();
        if (json) {
            print(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(
                            findings.stream().map(DoctorCommand::shown).toList()));
        } else {
            findings.forEach(this::print);
        }
        return findings.stream().anyMatch(finding -> finding.grade() == Grade.BAD) ? 1 : 0;
    }

    private List<Finding> look() throws InterruptedException {
        var findings = new ArrayList<Finding>();
        var config = Config.DEFAULT;
        try {
            config = options.config();
            findings.add(Finding.good(
                    "settings", options.configFile() == null ? "the defaults" : options.configFile() + " is sound"));
        } catch (BadConfig bad) {
            findings.add(Finding.bad("settings", bad.reason(), "correct that line; sluice.example.yaml has every key"));
        }
        findings.add(MachineChecks.java());
        findings.add(MachineChecks.python(config.lab()));
        findings.addAll(MachineChecks.tools());
        findings.add(MachineChecks.sandbox());
        findings.add(MachineChecks.controlGroups());
        findings.add(MachineChecks.openFiles());
        findings.add(MachineChecks.memory());
        var pool = new PoolChecks(options.data());
        findings.add(pool.folder());
        findings.add(pool.environment());
        findings.add(pool.database(config.database()));
        findings.add(pool.port(config.gateway()));
        return findings;
    }

    private record Shown(String about, String grade, String found, String advice) {}

    private static Shown shown(Finding finding) {
        return new Shown(
                finding.about(), finding.grade().name().toLowerCase(Locale.ROOT), finding.found(), finding.advice());
    }

    private void print(Finding finding) {
        print("%s  %-15s %s".formatted(finding.grade().mark, finding.about(), finding.found()));
        if (!finding.advice().isEmpty()) print("      %-15s -> %s".formatted("", finding.advice()));
    }

    private void print(String line) {
        if (command == null) return;
        command.commandLine().getOut().println(line);
        command.commandLine().getOut().flush();
    }
}
