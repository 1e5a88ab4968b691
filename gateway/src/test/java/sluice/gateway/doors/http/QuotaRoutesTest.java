package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.people.TeamRole;

class QuotaRoutesTest {
    static final String POOL = "/api/v1/quotas/pool";
    static final String VISION = "/api/v1/quotas/teams/vision";
    static final String ADA = VISION + "/users/ada";
    static final String EVE = VISION + "/users/eve";

    static TestPool pool;

    @BeforeAll
    static void open() {
        pool = new TestPool();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    /// Ada manages the team vision, Eve is in it.
    @BeforeEach
    void vision() {
        for (var team : pool.teams.list()) pool.teams.delete(team.name());
        pool.send("DELETE", POOL, pool.root, "");
        var vision = pool.teams.create("vision", null);
        pool.teams.create("nlp", null);
        pool.teams.put(vision, pool.users.get("ada"), TeamRole.MANAGER);
        pool.teams.put(vision, pool.users.get("eve"), TeamRole.MEMBER);
    }

    static HttpResponse<String> put(String path, String token, String body) {
        return pool.send("PUT", path, token, body);
    }

    static HttpResponse<String> put(String path, String header, String value, String body) {
        return pool.send(pool.request("PUT", path, pool.root, body).header(header, value));
    }

    static String etag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElse("");
    }

    static String why(HttpResponse<String> response) {
        return json(response).get("detail").asString();
    }

    @Test
    void aQuotaIsSaidInTheUnitsOfPeople() {
        var unset = pool.get(VISION, pool.root);
        assertThat(json(unset).get("version").asLong()).isZero();
        assertThat(json(unset).get("gpus").isNull()).isTrue();
        assertThat(json(unset).get("weight").asInt()).isEqualTo(1);
        assertThat(etag(unset)).isEqualTo("\"0\"");
        var body = """
                {"gpus":0.5,"gpuMemoryBytes":85899345920,"cpus":16,"memoryBytes":1.0e9,"diskBytes":0,"sessions":3,
                 "gpuHours":100.25,"deservedGpus":2,"weight":1.5}""";
        var set = put(VISION, pool.root, body);
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(set.body())
                .contains("\"account\":\"vision\",\"gpus\":0.5,\"gpuMemoryBytes\":85899345920,\"cpus\":16,")
                .contains("\"memoryBytes\":1000000000,\"diskBytes\":0,\"sessions\":3,\"gpuHours\":100.25,")
                .contains("\"deservedGpus\":2,\"weight\":1.5,\"version\":")
                .contains("\"changedBy\":\"root\"");
        assertThat(etag(set)).isEqualTo('"' + json(set).get("version").asString() + '"');
        assertThat(etag(pool.get(VISION, pool.root))).isEqualTo(etag(set));
        // All of it is set: what is not said is not limited.
        assertThat(json(put(VISION, pool.root, "{\"sessions\":null}"))
                        .get("gpus")
                        .isNull())
                .isTrue();
        assertThat(put(VISION, pool.root, set.body()).statusCode())
                .as("sent back as read")
                .isEqualTo(200);
    }

    @Test
    void whoChangesWhatSomebodyElseChangedIsTold() {
        var seen = etag(put(VISION, "If-Match", "\"0\"", "{\"gpus\":2}"));
        assertThat(put(VISION, "If-None-Match", "*", "{\"gpus\":3}").statusCode())
                .isEqualTo(412);
        assertThat(put(VISION, "If-Match", seen, "{\"gpus\":4}").statusCode()).isEqualTo(200);
        var late = put(VISION, "If-Match", seen, "{\"gpus\":5}");
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(why(late))
                .startsWith("Somebody else changed it meanwhile: team vision now has 4 GPUs (changed by root, ");
        assertThat(put(VISION, "If-Match", "\"none-of-ours\"", "{}").statusCode())
                .isEqualTo(412);
        assertThat(put(VISION, "If-Match", "\"1\", \"2\"", "{}").statusCode()).isEqualTo(400);
        assertThat(put(VISION, "If-None-Match", "\"1\"", "{}").statusCode()).isEqualTo(400);
        assertThat(put(VISION, "If-Match", "*", "{\"gpus\":6}").statusCode()).isEqualTo(200);
        assertThat(put(VISION, pool.root, "{\"gpus\":7}").statusCode()).isEqualTo(200);
        var remove = pool.request("DELETE", VISION, pool.root, "").header("If-Match", seen);
        assertThat(pool.send(remove).statusCode()).isEqualTo(412);
        assertThat(pool.send("DELETE", VISION, pool.root, "").statusCode()).isEqualTo(204);
        assertThat(pool.send("DELETE", VISION, pool.root, "").statusCode()).isEqualTo(404);
        assertThat(put(VISION, "If-None-Match", "*", "{\"gpus\":3}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoPollsIsToldThatNothingChanged() {
        var tag = etag(put(VISION, pool.root, "{\"gpus\":2}"));
        var again = pool.send(pool.request("GET", VISION, pool.root, "").header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
    }

    @Test
    void aManagerSetsThePeoplesAndNotTheTeams() {
        assertThat(put(EVE, pool.ada, "{\"gpus\":1}").statusCode()).isEqualTo(200);
        assertThat(put(ADA, pool.ada, "{\"gpus\":2}").statusCode()).isEqualTo(200);
        assertThat(put(VISION, pool.ada, "{}").statusCode()).isEqualTo(403);
        assertThat(put(POOL, pool.ada, "{}").statusCode()).isEqualTo(403);
        assertThat(put(EVE, pool.eve, "{}").statusCode()).isEqualTo(403);
        assertThat(pool.send("DELETE", EVE, pool.eve, "").statusCode()).isEqualTo(403);
        assertThat(why(put(EVE, pool.eve, "{}"))).contains("Only a manager");
        assertThat(pool.send("DELETE", EVE, pool.ada, "").statusCode()).isEqualTo(204);
    }

    @Test
    void everybodySeesWhatLimitsThem() {
        put(POOL, pool.root, "{\"gpus\":8}");
        put(VISION, pool.root, "{\"gpus\":4}");
        put("/api/v1/quotas/teams/nlp", pool.root, "{\"gpus\":4}");
        put("/api/v1/quotas/teams/default", pool.root, "{\"gpus\":1}");
        put(ADA, pool.root, "{\"gpus\":2}");
        put(EVE, pool.root, "{\"gpus\":1}");
        assertThat(seenBy(pool.root)).isEqualTo(" default nlp vision vision/ada vision/eve");
        assertThat(seenBy(pool.ada)).isEqualTo(" vision vision/ada vision/eve");
        assertThat(seenBy(pool.eve)).isEqualTo(" vision vision/eve");
        assertThat(pool.get(POOL, pool.eve).statusCode()).isEqualTo(200);
        assertThat(pool.get(VISION, pool.eve).statusCode()).isEqualTo(200);
        assertThat(pool.get(EVE, pool.eve).statusCode()).isEqualTo(200);
        assertThat(pool.get(ADA, pool.eve).statusCode()).isEqualTo(403);
        // That there is such a team is nobody else's business.
        assertThat(pool.get("/api/v1/quotas/teams/nlp", pool.eve).statusCode()).isEqualTo(404);
        assertThat(pool.get("/api/v1/quotas/teams/default", pool.eve).statusCode())
                .isEqualTo(404);
        pool.teams.remove(pool.teams.get("vision"), pool.users.get("eve"));
        assertThat(seenBy(pool.eve)).isEqualTo(" default");
        assertThat(pool.get("/api/v1/quotas/teams/default/users/eve", pool.eve).statusCode())
                .isEqualTo(200);
        assertThat(pool.get(EVE, pool.eve).statusCode()).isEqualTo(404);
    }

    static String seenBy(String token) {
        var seen = new java.util.ArrayList<String>();
        for (var quota : json(pool.get("/api/v1/quotas", token)))
            seen.add(quota.get("account").asString());
        return String.join(" ", seen);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"gpus":-1}                   | A quota of GPUs is from 0 to 1000000
            {"gpus":1e9}                  | A quota of GPUs is from 0 to 1000000
            {"gpus":1e400}                | A quota of GPUs is from 0 to 1000000
            {"gpus":"four"}               | gpus must be a number
            {"gpus":"NaN"}                | gpus must be a number
            {"gpus":NaN}                  | Invalid JSON in body of request
            {"gpus":[4]}                  | gpus must be a number
            {"gpus":true}                 | gpus must be a number
            {"gpus":0.0001}               | gpus is counted in thousandths: no more than three digits after the point
            {"cpus":-0.5}                 | A quota of CPUs is from 0 to 100000000
            {"gpuMemoryBytes":-1}         | A quota of GPU memory is from 0 to 8 PiB
            {"memoryBytes":1e19}          | A quota of memory is from 0 to 8 PiB
            {"diskBytes":99999999999999999999999} | A quota of disk is from 0 to 8 PiB
            {"diskBytes":0.5}             | diskBytes must be a whole number
            {"sessions":1.5}              | sessions must be a whole number
            {"sessions":1000001}          | A quota of sessions is from 0 to 1000000
            {"gpuHours":-1}               | A quota of GPU-hours is from 0 to 1000000000
            {"gpuHours":1e400}            | A quota of GPU-hours is from 0 to 1000000000
            {"weight":-1}                 | A weight is from 0 to 1000000
            {"deservedGpus":-1}           | A quota of deserved GPUs is from 0 to 1000000
            {"gpu":4}                     | A quota has no field "gpu"; it has gpus, gpuMemoryBytes, cpus, memoryBytes, diskBytes, sessions, gpuHours, deservedGpus, weight
            [4]                           | The body of the request must be a JSON object
            """)
    void aNumberThatNoQuotaCanBeIsNamed(String body, String why) {
        var answer = put(VISION, pool.root, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(why(answer)).isEqualTo(why);
        assertThat(json(pool.get(VISION, pool.root)).get("version").asLong()).isZero();
    }

    @Test
    void whatWasSetIsInTheAudit() throws InterruptedException {
        put(VISION, pool.root, "{\"gpus\":4}");
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline
                && pool.audit.read(Long.MAX_VALUE, 5).stream()
                        .noneMatch(line ->
                                line.what().equals("quota.set") && line.object().equals("vision: 4 GPUs")))
            Thread.sleep(10);
        assertThat(pool.audit.read(Long.MAX_VALUE, 5))
                .anySatisfy(line -> assertThat(line.object()).isEqualTo("vision: 4 GPUs"));
    }
}
