package sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import sluice.gateway.Main;

class CommandsTest {
    private static final String KERNELS = """
            [{"id":"aaaa1111-0","name":"python3","owner":"ada","state":"idle","connections":2,"lastActivity":"2026-01-01T00:00:00.000000Z","startedAt":"2026-01-01T00:00:00Z","reason":null},
             {"id":"aaaa2222-0","name":"ir","owner":"ben","state":"dead","connections":0,"lastActivity":"2026-01-01T00:00:00.000000Z","startedAt":"2026-01-01T00:00:00Z","reason":"out of memory"}]""";

    @TempDir
    Path data;

    private HttpServer pool;
    private final Map<String, String> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> ifMatch = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void startPool() throws IOException {
        pool = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        pool.createContext("/", exchange -> {
            var question = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(question + (body.isEmpty() ? "" : " " + body));
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("token sesame");
            var version = exchange.getRequestHeaders().getFirst("If-Match");
            if (version != null) ifMatch.add(version);
            var answer = answers.get(question);
            var bytes = (answer == null ? "{\"detail\":\"There is no such thing\"}" : answer)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        pool.start();
        Files.writeString(
                data.resolve("ready.json"),
                "{\"url\":\"http://127.0.0.1:%d\",\"token\":\"sesame\",\"pids\":{},\"ports\":{}}"
                        .formatted(pool.getAddress().getPort()));
    }

    @AfterEach
    void stopPool() {
        pool.stop(0);
    }

    @Test
    void usersAreListedInATable() {
        answers.put("GET /api/v1/users", """
                [{"name":"ada","displayName":"Ada \\u001b[31mL","role":"admin","disabled":false,"createdAt":"2026-01-01T00:00:00Z"},
                 {"name":"benjamin","displayName":"Ben","role":"user","disabled":true,"createdAt":"2026-01-01T00:00:00Z"}]""");
        assertThat(run("user", "list")).isZero();
        var lines = out.toString().lines().toList();
        assertThat(lines.getFirst()).matches("NAME +DISPLAYED AS +ROLE +STATE +ADDED");
        assertThat(lines.get(1)).startsWith("ada ").contains("Ada ?[31mL").contains("active");
        assertThat(lines.get(2)).startsWith("benjamin ").contains("disabled").doesNotEndWith(" ");
    }

    @Test
    void aNewUserGetsATokenThatIsShown() {
        answers.put("POST /api/v1/users", "{\"name\":\"ada\"}");
        answers.put("POST /api/v1/users/ada/tokens", "{\"id\":3,\"token\":\"s3cret\"}");
        assertThat(run("user", "add", "ada", "--admin", "--display-name", "Ada L"))
                .isZero();
        assertThat(asked.getFirst()).contains("\"role\":\"admin\"").contains("\"displayName\":\"Ada L\"");
        assertThat(out.toString()).contains("ada was added").contains("/?token=s3cret");
    }

    @Test
    void aTokenIsPrintedAloneSoThatItCanBeCaptured() {
        answers.put("POST /api/v1/tokens", "{\"token\":\"s3cret\"}");
        assertThat(run("token", "create", "--label", "laptop", "--expires", "30d"))
                .isZero();
        assertThat(out.toString()).isEqualTo("s3cret\n");
        assertThat(asked).containsExactly("POST /api/v1/tokens {\"label\":\"laptop\",\"expiresInSeconds\":2592000}");
    }

    @Test
    void aKernelIsStoppedByTheBeginningOfItsId() {
        answers.put("GET /api/v1/kernels", KERNELS);
        answers.put("DELETE /api/kernels/aaaa1111-0", "");
        assertThat(run("kernel", "stop", "aaaa1")).isZero();
        assertThat(asked).contains("DELETE /api/kernels/aaaa1111-0").hasSize(2);

        assertThat(run("kernel", "stop", "aaaa")).isEqualTo(1);
        assertThat(err.toString()).contains("2 kernels' ids begin with \"aaaa\"");
        assertThat(run("kernel", "stop", "zz")).isEqualTo(1);
        assertThat(run("kernel", "stop")).isEqualTo(1);
        assertThat(err.toString()).contains("name the kernels to stop, or say --all");
    }

    @Test
    void kernelsAreShownForPeopleOrForPrograms() {
        answers.put("GET /api/v1/kernels", KERNELS);
        assertThat(run("kernel", "list", "--user", "ben")).isZero();
        assertThat(out.toString())
                .contains("aaaa2222")
                .contains("dead (out of memory)")
                .doesNotContain("ada");
        out.getBuffer().setLength(0);
        assertThat(run("kernel", "list", "--json")).isZero();
        assertThat(out.toString()).startsWith("[").contains("\"aaaa1111-0\"");
    }

    @Test
    void whatThePoolRefusesIsToldInItsWords() {
        assertThat(run("user", "disable", "nobody/../x")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("sluice: There is no such thing\n");
        assertThat(asked).singleElement().asString().startsWith("PATCH /api/v1/users/nobody%2F..%2Fx ");
    }

    @Test
    void aPoolThatIsNotThereIsSaid() throws IOException {
        pool.stop(0);
        assertThat(run("status")).isEqualTo(1);
        assertThat(err.toString()).contains("nobody listens at http://127.0.0.1:");
        Files.delete(data.resolve("ready.json"));
        assertThat(run("status")).isEqualTo(1);
        assertThat(err.toString()).contains("no pool runs on " + data).contains("sluice up");
    }

    @Test
    void theStatusNamesWhatIsAway() {
        answers.put("GET /api/v1/status", "{\"version\":\"0.1.0\",\"connected\":false}");
        assertThat(run("status")).isZero();
        assertThat(out.toString()).contains("version   0.1.0").contains("node      away");
    }

    @Test
    void cardsAreShownAndSimulatedOnesAreCalledSo() {
        answers.put("GET /api/v1/gpus", """
                [{"uuid":"SIM-1","node":"atlas","index":0,"vendor":"simulated","model":"Simulated H100","simulated":true,
                  "health":"ok","memoryBytes":85899345920,"memoryUsedBytes":3221225472,"utilization":49.6,
                  "temperatureCelsius":41.2,"powerWatts":null,
                  "users":[{"session":"k-1","user":"ada","memoryBytes":3221225472}]}]""");
        assertThat(run("gpus")).isZero();
        assertThat(out.toString())
                .containsPattern("atlas +0 +Simulated H100 +- +3.0 of 80 GiB +50% +41 °C +- +ok +ada k-1")
                .contains("Simulated cards compute nothing");
        answers.put("GET /api/v1/gpus", "[]");
        out.getBuffer().setLength(0);
        assertThat(run("gpus")).isZero();
        assertThat(out.toString()).startsWith("No cards:");
    }

    private static final String QUOTA = """
            {"account":"vision","gpus":4,"gpuMemoryBytes":null,"cpus":null,"memoryBytes":null,"diskBytes":1649267441664,
             "sessions":20,"gpuHours":null,"deservedGpus":2,"weight":1.5,"version":7,
             "changedAt":"2026-01-01T00:00:00Z","changedBy":"eve"}""";

    @Test
    void aQuotaIsChangedWhereItIsSaidAndOnlyAtTheVersionThatWasSeen() {
        answers.put("GET /api/v1/quotas/teams/vision", QUOTA);
        answers.put("PUT /api/v1/quotas/teams/vision", QUOTA);
        assertThat(run("quota", "set", "vision", "--gpus", "0.5", "--gpu-memory", "80GiB", "--sessions", "none"))
                .isZero();
        assertThat(asked.getLast())
                .isEqualTo("PUT /api/v1/quotas/teams/vision {\"gpus\":0.5,\"gpuMemoryBytes\":85899345920,\"cpus\":null,"
                        + "\"memoryBytes\":null,\"diskBytes\":1649267441664,\"sessions\":null,\"gpuHours\":null,"
                        + "\"deservedGpus\":2,\"weight\":1.5}");
        assertThat(ifMatch).containsExactly("\"7\"");
        assertThat(out.toString())
                .startsWith("Quota of team vision\n")
                .containsPattern("GPUs +4\n")
                .containsPattern("GPU memory +no limit\n")
                .containsPattern("disk +1.5 TiB\n")
                .containsPattern("Changed \\d+ d ago by eve.");
    }

    @Test
    void aPersonsQuotaIsFoundBelowTheTeam() {
        answers.put("GET /api/v1/quotas/teams/vision/users/ada", QUOTA);
        assertThat(run("quota", "show", "vision/ada")).isZero();
        answers.put("DELETE /api/v1/quotas/pool", "");
        assertThat(run("quota", "remove", "pool")).isZero();
        assertThat(run("quota", "show", "a/b/c")).isEqualTo(1);
        assertThat(err.toString()).contains("\"a/b/c\" is not pool, a team such as vision, or a person");
    }

    @Test
    void aQuotaThatIsNoNumberIsNotSent() {
        answers.put("GET /api/v1/quotas/pool", QUOTA);
        for (var bad : List.of("four", "NaN", "1,5", "4f"))
            assertThat(run("quota", "set", "pool", "--gpus", bad)).isEqualTo(1);
        assertThat(run("quota", "set", "pool", "--memory", "much")).isEqualTo(1);
        assertThat(run("quota", "set", "pool")).isEqualTo(1);
        assertThat(err.toString())
                .contains("--gpus: \"NaN\" is not a number; write one such as 4 or 0.5, or none")
                .contains("--memory: \"much\" is not a size; write it like 80GiB or 512MiB, or none")
                .contains("say what to set, such as --gpus 4");
        assertThat(asked).allSatisfy(question -> assertThat(question).startsWith("GET"));
    }

    @Test
    void aSizeIsWrittenAsItIsShown() {
        answers.put("GET /api/v1/quotas/pool", QUOTA);
        answers.put("PUT /api/v1/quotas/pool", QUOTA);
        for (var size : List.of("1.5 TiB", "1.5TB", "1536g", "1649267441664", "1649267441664 B")) {
            assertThat(run("quota", "set", "pool", "--memory", size)).isZero();
            assertThat(asked.getLast()).contains("\"memoryBytes\":1649267441664,");
        }
    }

    @Test
    void quotasAreListedInATable() {
        answers.put("GET /api/v1/quotas", "[" + QUOTA + "]");
        assertThat(run("quota", "list")).isZero();
        assertThat(out.toString())
                .containsPattern("vision +4 +- +- +- +1.5 TiB +20 +- +2 +1.5 +\\d+ d ago by eve\n")
                .contains("- is no limit");
        answers.put("GET /api/v1/quotas", "[]");
        out.getBuffer().setLength(0);
        assertThat(run("quota", "list")).isZero();
        assertThat(out.toString()).startsWith("No quotas: nothing limits anybody.");
    }

    @Test
    void aTeamIsMadeAndFilled() {
        answers.put("POST /api/v1/teams", "{\"name\":\"vision\"}");
        answers.put("PUT /api/v1/teams/vision/members/ada", "{\"name\":\"vision\"}");
        answers.put("GET /api/v1/teams/vision", """
                {"name":"vision","displayName":"Vision","members":[
                 {"user":"ada","displayName":"Ada","role":"manager","since":"2026-01-01T00:00:00Z"}]}""");
        assertThat(run("team", "create", "vision", "--display-name", "Vision")).isZero();
        assertThat(run("team", "add", "vision", "ada", "--role", "manager")).isZero();
        assertThat(asked.getLast()).isEqualTo("PUT /api/v1/teams/vision/members/ada {\"role\":\"manager\"}");
        assertThat(run("team", "show", "vision")).isZero();
        assertThat(out.toString())
                .contains("ada is a manager of team vision now.")
                .contains("Team vision (Vision)")
                .containsPattern("ada +Ada +manager");
    }

    @Test
    void theDoctorFindsABadSettingAndGoesOn() throws IOException {
        Files.writeString(data.resolve("config.yaml"), "gateway:\n  prot: 1\n");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString())
                .contains("BAD   settings")
                .contains("line 2")
                .contains("Java")
                .contains("memory");
    }

    @Test
    void everyCommandHasHelpAndTheCompletionKnowsIt() {
        for (var command : Main.commandLine().getSubcommands().entrySet()) {
            if (command.getValue().getCommandSpec().usageMessage().hidden()) continue;
            assertThat(command.getValue().getCommandSpec().usageMessage().description())
                    .as(command.getKey())
                    .isNotEmpty();
        }
        var plain = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(plain)).execute("completion"))
                .isZero();
        assertThat(plain.toString()).contains("complete -F").contains("--no-lab");
    }

    private int run(String... command) {
        var full = new ArrayList<>(List.of(command));
        full.addAll(List.of("--data", data.toString()));
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(full.toArray(String[]::new));
    }
}
