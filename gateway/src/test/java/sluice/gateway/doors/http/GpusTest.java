package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GpusTest {
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
    void everybodySeesTheCardsAndTheirOwnPartOfThem() {
        var cards = json(pool.get("/api/v1/gpus", pool.ada));
        assertThat(cards).hasSize(2);
        var first = cards.get(0);
        assertThat(first.get("model").asString()).isEqualTo("Simulated H100");
        assertThat(first.get("simulated").asBoolean()).isTrue();
        assertThat(first.get("memoryBytes").asLong()).isEqualTo(80L << 30);
        assertThat(first.get("memoryUsedBytes").asLong()).isGreaterThanOrEqualTo(3L << 30);
        assertThat(first.at("/users/0/session").asString()).isEqualTo("k-ada");
        assertThat(first.at("/users/0/memoryBytes").asLong()).isEqualTo(3L << 30);
        assertThat(cards.get(1).get("users")).isEmpty();
        assertThat(json(pool.get("/api/v1/gpus", pool.eve)).at("/0/users")).isEmpty();
        assertThat(json(pool.get("/api/v1/gpus", pool.root)).at("/0/users")).hasSize(1);
    }

    @Test
    void aNodeTellsWhatItHas() {
        var node = json(pool.get("/api/v1/nodes", pool.eve)).get(0);
        assertThat(node.get("name").asString()).isEqualTo("test");
        assertThat(node.get("gpus").asInt()).isEqualTo(2);
        assertThat(node.get("memoryBytes").asLong()).isPositive();
    }

    @Test
    void theMetricsPageIsForTheAdministratorsToken() {
        assertThat(pool.get("/metrics", "").statusCode()).isEqualTo(401);
        assertThat(pool.get("/metrics", pool.ada).statusCode()).isEqualTo(403);
        var page = pool.get("/metrics", pool.root);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(page.body())
                .contains("# TYPE DCGM_FI_DEV_FB_USED gauge\n")
                .containsPattern("sluice_session_gpu_memory_bytes\\{gpu=\"0\",.*session=\"k-ada\",user=\"ada\"");
        assertThat(page.body()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE "))
                        .count())
                .isGreaterThanOrEqualTo(60);
    }
}
