package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;
import static sluice.gateway.doors.http.TestPool.randomId;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {
    static TestPool pool;

    @BeforeAll
    static void open() {
        pool = new TestPool();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @Test
    void aKernelLivesFromPostToDelete() {
        var started = pool.post("/api/kernels", pool.ada, "{\"name\":\"python3\"}");
        assertThat(started.statusCode()).isEqualTo(201);
        var id = json(started).get("id").asString();
        assertThat(started.headers().firstValue("Location")).contains("/api/kernels/" + id);
        assertThat(json(started).propertyNames())
                .containsExactlyInAnyOrder("id", "name", "last_activity", "execution_state", "connections");
        assertThat(pool.get("/api/kernels/" + id, pool.ada).body()).isEqualTo(started.body());
        assertThat(pool.post("/api/kernels/" + id + "/interrupt", pool.ada, "").statusCode())
                .isEqualTo(204);
        var restarted = pool.post("/api/kernels/" + id + "/restart", pool.ada, "{}");
        assertThat(restarted.statusCode()).isEqualTo(200);
        assertThat(json(restarted).get("id").asString()).isEqualTo(id);
        var deleted = pool.send("DELETE", "/api/kernels/" + id, pool.ada, "");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
        var gone = pool.get("/api/kernels/" + id, pool.ada);
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(json(gone).get("message").asString()).isEqualTo("Kernel does not exist: " + id);
        assertThat(json(gone).get("reason").asString()).isEqualTo("Not Found");
    }

    @Test
    void anEmptyBodyStartsTheDefaultKernel() {
        var started = pool.post("/api/kernels", pool.ada, "");
        assertThat(started.statusCode()).isEqualTo(201);
        assertThat(json(started).get("name").asString()).isEqualTo("python3");
    }

    @Test
    void eachSeesTheirOwnAndAnAdministratorAll() {
        var adas = pool.kernel(pool.ada);
        var eves = pool.kernel(pool.eve);
        assertThat(pool.get("/api/kernels", pool.ada).body()).contains(adas).doesNotContain(eves);
        assertThat(pool.get("/api/kernels", pool.root).body()).contains(adas, eves);
        for (var path : new String[] {"", "/interrupt", "/restart"}) {
            var method = path.isEmpty() ? "DELETE" : "POST";
            var refused = pool.send(method, "/api/kernels/" + adas + path, pool.eve, "");
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(json(refused).get("message").asString()).isEqualTo("Kernel does not exist: " + adas);
        }
        assertThat(pool.get("/api/kernels/" + adas, pool.eve).statusCode()).isEqualTo(404);
        assertThat(pool.get("/api/kernels/" + adas, pool.root).statusCode()).isEqualTo(200);
    }

    @Test
    void aChosenIdIsKeptAndAskedForTwiceIsOneKernel() {
        var id = randomId();
        var body = "{\"kernel_id\":\"%s\"}".formatted(id);
        assertThat(json(pool.post("/api/kernels", pool.ada, body)).get("id").asString())
                .isEqualTo(id);
        assertThat(pool.post("/api/kernels", pool.ada, body).statusCode()).isEqualTo(201);
        assertThat(pool.post("/api/kernels", pool.eve, body).statusCode()).isEqualTo(409);
    }

    @Test
    void theCallersNameIsTheirTokensAndTheirTokensStayBehind() {
        pool.post("/api/kernels", pool.ada, """
                {"env": {"KERNEL_USERNAME": "eve", "KERNEL_X": "1", "GREETING": "hi", "TEAM_A": "2", "PATH": "/evil",
                         "KERNEL_AUTH_TOKEN": "s", "TEAM_T": "%s",
                         "KERNEL_WORKING_DIR": "/pool/homes/ada/work/../play"}}""".formatted(pool.ada));
        var order = pool.nodes.started.getLast();
        assertThat(order.owner()).isEqualTo("ada");
        assertThat(order.path()).isEqualTo("play");
        assertThat(order.env())
                .containsEntry("KERNEL_USERNAME", "ada")
                .containsEntry("KERNEL_ID", order.id())
                .containsEntry("KERNEL_X", "1")
                .containsEntry("GREETING", "hi")
                .containsEntry("TEAM_A", "2")
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/home/me/somewhere", "/pool/homes/eve", "/pool/homes/ada/../eve", "/pool/homes/adam"})
    void aFolderOfAnotherDiskOrHomeIsTheHome(String folder) {
        pool.post("/api/kernels", pool.ada, "{\"env\":{\"KERNEL_WORKING_DIR\":\"%s\"}}".formatted(folder));
        assertThat(pool.nodes.started.getLast().path()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "\"x\"",
                "12",
                "{} {}",
                "{\"name\":3}",
                "{\"env\":[]}",
                "{\"env\":\"x\"}",
                "{\"env\":{\"KERNEL_A\":1}}",
                "{\"env\":{\"KERNEL_A\":null}}",
                "{\"env\":{\"KERNEL_A\":\"a\\u0000b\"}}",
                "{\"env\":{\"KERNEL_A\":\"a\\nb\"}}",
                "{\"env\":{\"A=B\":\"x\"}}",
                "{\"kernel_id\":\"../../x\"}",
                "{\"kernel_id\":7}",
                "{\"path\":\"../../etc\"}",
            })
    void badInputIsABadRequest(String body) {
        var answer = pool.post("/api/kernels", pool.ada, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("reason").asString()).isEqualTo("Bad Request");
        assertThat(json(answer).get("message").asString()).isNotEmpty();
    }

    @Test
    void aValueTooLongIsABadRequest() {
        var body = "{\"env\":{\"KERNEL_A\":\"%s\"}}".formatted("x".repeat(4097));
        assertThat(pool.post("/api/kernels", pool.ada, body).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "nothere, 404, nothere not found",
        "../../x, 404, not found",
        "broken, 500, kernel.json is not JSON",
        "dies, 500, No module named x",
        "full, 403, limit"
    })
    void aKernelThatCannotStartSaysWhy(String name, int status, String words) {
        var answer = pool.post("/api/kernels", pool.ada, "{\"name\":\"%s\"}".formatted(name));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("message").asString()).containsIgnoringCase(words);
    }

    @Test
    void aNodeThatIsAwayIsSaidSo() {
        pool.nodes.away = true;
        try {
            var answer = pool.get("/api/kernels", pool.ada);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(pool.get("/health", "").statusCode()).isEqualTo(503);
            assertThat(pool.get("/health/live", "").statusCode()).isEqualTo(200);
        } finally {
            pool.nodes.away = false;
        }
        assertThat(pool.get("/health", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aPollThatFindsNothingChangedIsShort() {
        var first = pool.get("/api/kernelspecs", pool.ada);
        var tag = first.headers().firstValue("ETag").orElseThrow();
        var second =
                pool.send(pool.request("GET", "/api/kernelspecs", pool.ada, "").header("If-None-Match", tag));
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
    }
}
