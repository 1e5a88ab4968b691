package sluice.gateway.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `sluice quota`.
@Command(
        name = "quota",
        description = "What the pool, a team, or a person in a team may have.",
        footer = {
            "",
            "ACCOUNT is pool, a team such as vision, or a person in a team such as vision/ada. Whoever is in no",
            "team is in the team default. A person is held to their own quota, their team's and the pool's."
        },
        mixinStandardHelpOptions = true)
public final class QuotaCommand {
    private static final String ACCOUNT = "pool, a team, or team/person.";

    /// A quota's fields in the order in which they are shown, and what people call them.
    private static final Map<String, String> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("gpus", "GPUs");
        FIELDS.put("gpuMemoryBytes", "GPU memory");
        FIELDS.put("cpus", "CPUs");
        FIELDS.put("memoryBytes", "memory");
        FIELDS.put("diskBytes", "disk");
        FIELDS.put("sessions", "sessions");
        FIELDS.put("gpuHours", "GPU-hours a month");
        FIELDS.put("deservedGpus", "deserved GPUs");
        FIELDS.put("weight", "weight");
    }

    @Command(
            name = "list",
            description = "List the quotas that are set and concern you; all for an administrator.",
            mixinStandardHelpOptions = true)
    int list(@Mixin WhichPool which) throws InterruptedException {
        var quotas = which.connect().get("/api/v1/quotas");
        which.show(quotas, () -> {
            var table = new Table(
                    "ACCOUNT",
                    "GPUS",
                    "GPU MEMORY",
                    "CPUS",
                    "MEMORY",
                    "DISK",
                    "SESSIONS",
                    "GPU-HOURS",
                    "DESERVED",
                    "WEIGHT",
                    "CHANGED");
            for (var quota : quotas) {
                var cells = new String[FIELDS.size() + 2];
                int column = 0;
                cells[column++] = QuotaWords.account(quota);
                for (var field : FIELDS.keySet()) cells[column++] = QuotaWords.shown(quota, field, "-");
                cells[column] = QuotaWords.changed(quota);
                table.row(cells);
            }
            table.print(
                    which.out(),
                    "No quotas: nothing limits anybody. Set one with, for example: sluice quota set pool --sessions 100");
            if (!quotas.isEmpty()) which.out().println("- is no limit. GPU-hours are for a calendar month (UTC).");
        });
        return 0;
    }

    @Command(name = "show", description = "Show one quota.", mixinStandardHelpOptions = true)
    int show(@Mixin WhichPool which, @Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account)
            throws InterruptedException {
        var quota = which.connect().get(QuotaWords.path(account));
        which.show(quota, () -> print(which, quota));
        return 0;
    }

    /// What `set` can be told; what it is not told stays.
    static final class Wishes {
        @Option(names = "--gpus", paramLabel = "N", description = "Cards at once, such as 4 or 0.5.")
        @Nullable
        String gpus;

        @Option(names = "--gpu-memory", paramLabel = "SIZE", description = "Cards' memory at once, such as 80GiB.")
        @Nullable
        String gpuMemory;

        @Option(names = "--cpus", paramLabel = "N", description = "Cores at once.")
        @Nullable
        String cpus;

        @Option(names = "--memory", paramLabel = "SIZE", description = "Memory at once.")
        @Nullable
        String memory;

        @Option(names = "--disk", paramLabel = "SIZE", description = "Disk at once.")
        @Nullable
        String disk;

        @Option(names = "--sessions", paramLabel = "N", description = "Kernels and other sessions at once.")
        @Nullable
        String sessions;

        @Option(names = "--gpu-hours", paramLabel = "N", description = "GPU-hours in a calendar month (UTC).")
        @Nullable
        String gpuHours;

        @Option(
                names = "--deserved",
                paramLabel = "N",
                description = "Cards that are this team's before anything is lent to others.")
        @Nullable
        String deserved;

        @Option(
                names = "--weight",
                paramLabel = "N",
                description = "Its part of what is left over, beside other teams or others in the team; 1 is usual.")
        @Nullable
        String weight;

        void writeInto(ObjectNode quota) {
            number(quota, "gpus", "--gpus", gpus);
            bytes(quota, "gpuMemoryBytes", "--gpu-memory", gpuMemory);
            number(quota, "cpus", "--cpus", cpus);
            bytes(quota, "memoryBytes", "--memory", memory);
            bytes(quota, "diskBytes", "--disk", disk);
            number(quota, "sessions", "--sessions", sessions);
            number(quota, "gpuHours", "--gpu-hours", gpuHours);
            number(quota, "deservedGpus", "--deserved", deserved);
            number(quota, "weight", "--weight", weight);
        }

        private static void number(ObjectNode quota, String field, String option, @Nullable String text) {
            if (text == null) return;
            var number = QuotaWords.number(option, text);
            if (number == null) quota.putNull(field);
            else quota.put(field, number);
        }

        private static void bytes(ObjectNode quota, String field, String option, @Nullable String text) {
            if (text == null) return;
            var bytes = QuotaWords.bytes(option, text);
            if (bytes == null) quota.putNull(field);
            else quota.put(field, bytes);
        }
    }

    @Command(
            name = "set",
            description = {
                "Set what is said and leave the rest as it is; none lifts a limit.",
                "A limit below what is in use takes nothing away: nothing more starts until enough is given back."
            },
            sortOptions = false,
            mixinStandardHelpOptions = true)
    int set(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account,
            @ArgGroup(exclusive = false, heading = "%nWhat it may have:%n") @Nullable Wishes wishes)
            throws InterruptedException {
        if (wishes == null)
            throw new CannotDo("say what to set, such as --gpus 4 (sluice quota set --help lists all there is)");
        var pool = which.connect();
        var path = QuotaWords.path(account);
        var before = pool.get(path);
        var wanted = JsonNodeFactory.instance.objectNode();
        FIELDS.keySet().forEach(field -> wanted.set(field, before.path(field)));
        wishes.writeInto(wanted);
        var after = pool.put(path, wanted, before.path("version").asLong(0));
        which.show(after, () -> print(which, after));
        return 0;
    }

    @Command(
            name = "remove",
            description = "Take a quota away: nothing of its own limits that account any more.",
            mixinStandardHelpOptions = true)
    int remove(@Mixin WhichPool which, @Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account)
            throws InterruptedException {
        which.connect().delete(QuotaWords.path(account));
        which.show(
                JsonNodeFactory.instance.objectNode().put("removed", account),
                () -> which.out().println("%s has no quota of its own any more.".formatted(account)));
        return 0;
    }

    private static void print(WhichPool which, JsonNode quota) {
        var out = which.out();
        out.println("Quota of " + QuotaWords.who(quota));
        FIELDS.forEach((field, called) -> {
            if (QuotaWords.has(quota, field))
                out.println("  %-18s %s".formatted(called, QuotaWords.shown(quota, field, "no limit")));
        });
        out.println(
                quota.path("version").asLong(0) == 0
                        ? QuotaWords.unset(quota)
                        : "Changed " + QuotaWords.changed(quota) + ".");
    }
}
