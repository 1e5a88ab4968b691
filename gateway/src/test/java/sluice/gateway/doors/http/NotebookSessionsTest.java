package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.kernels.link.Orders;
import tools.jackson.databind.JsonNode;

class NotebookSessionsTest {
    static TestPool pool;

    @BeforeAll
    static void open() {
        pool = new TestPool();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    static HttpResponse<String> post(String token, String body) {
        return pool.post("/api/sessions", token, body);
    }

    static JsonNode opened(String path) {
        var answer = post(
                pool.ada,
                "{\"path\":\"%s\",\"type\":\"notebook\",\"name\":\"n\",\"kernel\":{\"name\":\"python3\"}}"
                        .formatted(path));
        assertThat(answer.statusCode()).isEqualTo(201);
        return json(answer);
    }

    @Test
    void aSessionHasAllThatClientsLookFor() {
        var answer = post(pool.ada, "{\"path\":\"work/a.ipynb\",\"type\":\"notebook\",\"kernel\":{\"name\":\"ir\"}}");
        var session = json(answer);
        assertThat(answer.headers().firstValue("Location"))
                .contains("/api/sessions/" + session.get("id").asString());
        assertThat(session.propertyNames())
                .containsExactlyInAnyOrder("id", "path", "name", "type", "kernel", "notebook");
        assertThat(session.get("name").asString()).isEqualTo("a.ipynb");
        assertThat(session.get("kernel").get("name").asString()).isEqualTo("ir");
        assertThat(session.get("notebook").get("path").asString()).isEqualTo("work/a.ipynb");
        var order = pool.nodes.started.getLast();
        assertThat(order.path()).isEqualTo("work");
        assertThat(order.env()).containsEntry("JPY_SESSION_NAME", "work/a.ipynb");
        var same = pool.get("/api/sessions/" + session.get("id").asString(), pool.ada);
        assertThat(same.body()).isEqualTo(answer.body());
        assertThat(pool.get("/api/sessions", pool.ada).body())
                .contains(session.get("id").asString());
    }

    @Test
    void onePathIsOneSessionAlsoForTwoTabsAtOnce() throws Exception {
        var ids = ConcurrentHashMap.<String>newKeySet();
        try (var tabs = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 8)
                    .forEach(tab -> tabs.execute(
                            () -> ids.add(opened("tabs.ipynb").get("id").asString())));
        }
        assertThat(ids).hasSize(1);
    }

    @Test
    void thePathOfSomebodyElseIsAnother() {
        var body = "{\"path\":\"same.ipynb\",\"type\":\"notebook\"}";
        var adas = json(post(pool.ada, body));
        var eves = json(post(pool.eve, body));
        assertThat(adas.get("id")).isNotEqualTo(eves.get("id"));
        var id = adas.get("id").asString();
        for (var method : new String[] {"GET", "PATCH", "DELETE"})
            assertThat(pool.send(method, "/api/sessions/" + id, pool.eve, "{\"name\":\"x\"}")
                            .statusCode())
                    .isEqualTo(404);
        assertThat(pool.get("/api/sessions", pool.eve).body()).doesNotContain(id);
        assertThat(pool.get("/api/sessions", pool.root).body()).contains(id);
        var kernel = adas.get("kernel").get("id").asString();
        var steal = "{\"kernel\":{\"id\":\"%s\"}}".formatted(kernel);
        assertThat(pool.send("PATCH", "/api/sessions/" + eves.get("id").asString(), pool.eve, steal)
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(pool.eve, "{\"path\":\"s\",\"type\":\"console\",\"kernel\":{\"id\":\"%s\"}}".formatted(kernel))
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void aConsoleMayShareTheKernelOfItsNotebookWhichEndsWithTheLastOfThem() {
        var notebook = opened("shared.ipynb");
        var kernel = notebook.get("kernel").get("id").asString();
        var console = json(post(
                pool.ada,
                "{\"path\":\"console-1\",\"type\":\"console\",\"name\":\"\",\"kernel\":{\"id\":\"%s\"}}"
                        .formatted(kernel)));
        assertThat(console.get("kernel").get("id").asString()).isEqualTo(kernel);
        assertThat(console.has("notebook")).isFalse();
        assertThat(delete(notebook)).isEqualTo(204);
        assertThat(pool.nodes.kernels).containsKey(kernel);
        assertThat(delete(console)).isEqualTo(204);
        assertThat(pool.nodes.kernels).doesNotContainKey(kernel);
    }

    @Test
    void aRenamedSessionKeepsItsKernelAndIsFoundByItsPath() {
        var session = opened("before.ipynb");
        var id = session.get("id").asString();
        var renamed = json(
                pool.send("PATCH", "/api/sessions/" + id, pool.ada, "{\"path\":\"after.ipynb\",\"name\":\"after\"}"));
        assertThat(renamed.get("path").asString()).isEqualTo("after.ipynb");
        assertThat(renamed.get("kernel")).isEqualTo(session.get("kernel"));
        assertThat(opened("after.ipynb").get("id").asString()).isEqualTo(id);
        assertThat(opened("before.ipynb").get("id").asString()).isNotEqualTo(id);
    }

    @Test
    void anotherKernelTakesThePlaceOfTheOneBefore() {
        var session = opened("change.ipynb");
        var before = session.get("kernel").get("id").asString();
        var id = session.get("id").asString();
        var changed = json(pool.send("PATCH", "/api/sessions/" + id, pool.ada, "{\"kernel\":{\"name\":\"ir\"}}"));
        assertThat(changed.get("kernel").get("name").asString()).isEqualTo("ir");
        assertThat(pool.nodes.kernels).doesNotContainKey(before);
        var mine = pool.kernel(pool.ada);
        var body = "{\"kernel\":{\"id\":\"%s\",\"name\":null}}".formatted(mine);
        assertThat(json(pool.send("PATCH", "/api/sessions/" + id, pool.ada, body))
                        .get("kernel")
                        .get("id")
                        .asString())
                .isEqualTo(mine);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                      | 400 | No JSON data provided",
                "null                                                    | 400 | No JSON data provided",
                "{                                                       | 400 | Invalid JSON in body of request",
                "{}                                                      | 400 | Missing field in JSON data: path",
                "{\"path\":\"x\"}                                        | 400 | Missing field in JSON data: type",
                "{\"path\":1,\"type\":\"notebook\"}                      | 400 | path must be a string",
                "{\"path\":\"x\",\"type\":\"n\",\"kernel\":\"python3\"}  | 400 | kernel must be an object",
                "{\"path\":\"x\",\"type\":\"n\",\"kernel\":{\"name\":\"nothere\"}} | 501 | The 'nothere' kernel is not available",
                "{\"path\":\"x\",\"type\":\"n\",\"kernel\":{\"name\":\"dies\"}}    | 500 | No module named x",
                "{\"path\":\"x\",\"type\":\"n\",\"kernel\":{\"name\":\"full\"}}    | 403 | limit",
            })
    void aSessionThatCannotBeSaysWhy(String body, int status, String words) {
        var answer = post(pool.ada, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("message").asString()).contains(words);
        if (status == 501)
            assertThat(json(answer).get("short_message").asString()).isEqualTo("nothere not found");
    }

    @Test
    void theOlderFormIsUnderstood() {
        var answer = post(pool.ada, "{\"notebook\":{\"path\":\"old.ipynb\"},\"kernel\":{\"name\":\"python3\"}}");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(json(answer).get("type").asString()).isEqualTo("notebook");
        assertThat(json(answer).get("path").asString()).isEqualTo("old.ipynb");
    }

    @Test
    void aKernelThatCannotTakeThePlaceLeavesTheOneThereWas() {
        var session = opened("stays.ipynb");
        var id = session.get("id").asString();
        for (var name : new String[] {"nothere", "dies"}) {
            var answer = pool.send(
                    "PATCH", "/api/sessions/" + id, pool.ada, "{\"kernel\":{\"name\":\"%s\"}}".formatted(name));
            assertThat(answer.statusCode()).isEqualTo(501);
        }
        var unknown = "{\"kernel\":{\"id\":\"%s\"}}".formatted(TestPool.randomId());
        assertThat(pool.send("PATCH", "/api/sessions/" + id, pool.ada, unknown).statusCode())
                .isEqualTo(400);
        assertThat(json(pool.get("/api/sessions/" + id, pool.ada))).isEqualTo(session);
    }

    @Test
    void aSessionGoesWithItsKernel() {
        var told = opened("told.ipynb");
        var kernel = told.get("kernel").get("id").asString();
        pool.nodes.kernels.remove(kernel);
        pool.nodes.tell(new Orders.Event("kernel.gone", kernel, null, "culled"));
        assertThat(pool.get("/api/sessions/" + told.get("id").asString(), pool.ada)
                        .statusCode())
                .isEqualTo(404);

        var untold = opened("untold.ipynb");
        pool.nodes.kernels.remove(untold.get("kernel").get("id").asString());
        assertThat(pool.get("/api/sessions", pool.ada).body())
                .doesNotContain(untold.get("id").asString());

        var deleted = opened("deleted.ipynb");
        pool.nodes.kernels.remove(deleted.get("kernel").get("id").asString());
        assertThat(delete(deleted)).isEqualTo(410);
        assertThat(delete(deleted)).isEqualTo(404);

        var again = opened("again.ipynb");
        pool.nodes.kernels.remove(again.get("kernel").get("id").asString());
        assertThat(opened("again.ipynb").get("id")).isNotEqualTo(again.get("id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../home/me/a.ipynb", "/home/me/a.ipynb", "a.ipynb", "x/../../a.ipynb", "9f2-unique"})
    void aPathOfAnotherDiskStartsInTheHomeOrBelow(String path) {
        opened(path);
        var folder = pool.nodes.started.getLast().path();
        if (folder != null) assertThat(folder).doesNotContain("..").doesNotStartWith("/");
    }

    @Test
    void idsAreNotReused() {
        var ids = new HashSet<String>();
        for (int i = 0; i < 5; i++) ids.add(opened("n" + i + ".ipynb").get("id").asString());
        assertThat(ids).hasSize(5);
    }

    private static int delete(JsonNode session) {
        return pool.send("DELETE", "/api/sessions/" + session.get("id").asString(), pool.ada, "")
                .statusCode();
    }
}
