package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Kernels that ask for cards, through the HTTP door: two simulated cards, and who comes third waits.
class LeasesTest {
    final TestPool pool = new TestPool();

    @AfterEach
    void close() {
        pool.close();
    }

    private JsonNode start(String token, String body, int status) {
        var response = pool.send("POST", "/api/kernels", token, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestPool.json(response);
    }

    private JsonNode get(String token, String path) {
        var response = pool.send("GET", path, token, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestPool.json(response);
    }

    @Test
    void flavoursAreKernelspecsOfTheirOwn() {
        var specs = get(pool.ada, "/api/kernelspecs").path("kernelspecs");
        assertThat(specs.propertyNames()).contains("python3", "python3.gpu", "ir.gpu");
        assertThat(specs.at("/python3.gpu/spec/display_name").asString("")).isEqualTo("Python 3 · 1 GPU (simulated)");
        assertThat(specs.at("/python3/spec/display_name").asString("")).isEqualTo("Python 3");
        assertThat(pool.send("GET", "/kernelspecs/python3.gpu/logo-64x64.png", pool.ada, "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(pool.ada, "/api/kernelspecs/python3.gpu").path("name").asString(""))
                .isEqualTo("python3.gpu");
    }

    @Test
    void aFlavourIsStartedWithItsCardAndKeepsItsName() {
        var kernel = start(pool.ada, "{\"name\": \"python3.gpu\"}", 201);
        assertThat(kernel.path("name").asString("")).isEqualTo("python3.gpu");
        var order = pool.nodes.started.getLast();
        assertThat(order.name()).isEqualTo("python3");
        var grant = java.util.Objects.requireNonNull(order.grant());
        assertThat(grant.flavour()).isEqualTo("gpu");
        assertThat(grant.team()).isEqualTo("default");
        assertThat(grant.cards()).singleElement().satisfies(card -> {
            assertThat(card.milli()).isEqualTo(1000);
            assertThat(card.bytes()).isEqualTo(80L << 30);
        });
        assertThat(get(pool.ada, "/api/kernels").get(0).path("name").asString(""))
                .isEqualTo("python3.gpu");
    }

    @Test
    void aStartRequestSaysMoreThanItsFlavour() {
        start(
                pool.ada,
                "{\"name\": \"python3\", \"env\": {\"KERNEL_GPU_MEMORY\": \"20 GiB\", \"KERNEL_GPU_MODEL\": \"h100\"}}",
                201);
        var grant =
                java.util.Objects.requireNonNull(pool.nodes.started.getLast().grant());
        assertThat(grant.cards())
                .singleElement()
                .satisfies(card -> assertThat(card.bytes()).isEqualTo(20L << 30));
        for (var wrong : new String[][] {
            {"KERNEL_GPUS", "many", "KERNEL_GPUS is a number such as 1 or 0.5, not \\\"many\\\""},
            {"KERNEL_GPUS", "-1", "KERNEL_GPUS is a number such as 1 or 0.5, not \\\"-1\\\""},
            {"KERNEL_GPUS", "NaN", "KERNEL_GPUS is a number"},
            {"KERNEL_GPUS", "1e300", "KERNEL_GPUS is a number"},
            {"KERNEL_GPUS", "5000", "A number of GPUs lies in 0 to 4096"},
            {"KERNEL_GPUS", "1.5", "ask for whole cards or for a part of one"},
            {"KERNEL_GPU_MEMORY", "lots", "write it like 20 GiB"},
            {"KERNEL_GPU_MEMORY", "9999999999 TiB", "KERNEL_GPU_MEMORY"},
            {"KERNEL_GPU_MEMORY", "100 GiB", "the largest GPU has 80 GB"},
            {"KERNEL_GPU_MODE", "fast", "KERNEL_GPU_MODE is swap or exclusive"},
            {"KERNEL_CPUS", "1000000", "CPUs"},
            {"KERNEL_MEMORY", "100 TiB", "of memory on one node"}
        }) {
            var body = "{\"name\": \"python3\", \"env\": {\"%s\": \"%s\"}}".formatted(wrong[0], wrong[1]);
            var response = pool.send("POST", "/api/kernels", pool.ada, body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(response.body()).contains(wrong[2]);
        }
        var model = "{\"name\": \"python3.gpu\", \"env\": {\"KERNEL_GPU_MODEL\": \"A100\"}}";
        assertThat(start(pool.ada, model, 400).path("message").asString(""))
                .isEqualTo("No GPU of model A100 in this pool; it has H100");
        assertThat(get(pool.ada, "/api/v1/leases")).hasSize(1);
    }

    @Test
    void whoComesThirdWaitsIsSeenWithTheReasonAndGetsItsTurn() throws InterruptedException {
        var first = start(pool.ada, "{\"name\": \"python3.gpu\"}", 201);
        start(pool.eve, "{\"name\": \"python3.gpu\"}", 201);
        var third = start(pool.ada, "{\"name\": \"python3.gpu\"}", 201);
        var id = third.path("id").asString("");
        assertThat(third.path("execution_state").asString("")).isEqualTo("starting");
        assertThat(third.path("reason").asString("")).isEqualTo("Waiting for a card: 2 of 2 are busy; you are 1st");
        assertThat(get(pool.ada, "/api/kernels/" + id).path("name").asString(""))
                .isEqualTo("python3.gpu");
        assertThat(get(pool.ada, "/api/kernels")).hasSize(2);

        assertThat(get(pool.ada, "/api/v1/queue")).singleElement().satisfies(waits -> {
            assertThat(waits.path("session").asString("")).isEqualTo(id);
            assertThat(waits.path("cause").asString("")).isEqualTo("cards");
            assertThat(waits.path("asks").asString("")).isEqualTo("1 GPU");
            assertThat(waits.path("place").asInt(0)).isEqualTo(1);
        });
        assertThat(get(pool.eve, "/api/v1/queue")).isEmpty();
        assertThat(pool.send("GET", "/api/v1/leases/" + id, pool.eve, "").statusCode())
                .isEqualTo(404);
        assertThat(get(pool.root, "/api/v1/leases")).hasSize(3);
        var mine = get(pool.ada, "/api/v1/me/quota").get(0);
        assertThat(mine.path("team").asString("")).isEqualTo("default");
        assertThat(mine.at("/levels/0/gpus/used").asDouble(0)).isEqualTo(1);
        assertThat(mine.at("/levels/1/gpus/used").asDouble(0)).isEqualTo(2);
        assertThat(mine.at("/levels/1/gpus/limit").isNull()).isTrue();

        pool.send("DELETE", "/api/kernels/" + first.path("id").asString(""), pool.ada, "");
        pool.dispatcher.release(first.path("id").asString(""), "it was shut down", -1);
        pool.dispatcher.cycle();
        until(() -> pool.nodes.kernels.containsKey(id));
        until(() -> get(pool.ada, "/api/v1/leases/" + id).path("decisions").size() == 3);
        var whole = get(pool.ada, "/api/v1/leases/" + id);
        assertThat(whole.at("/lease/state").asString("")).isEqualTo("active");
        assertThat(whole.path("decisions")
                        .valueStream()
                        .map(each -> each.path("verdict").asString("")))
                .containsExactly("waits", "granted", "started");
    }

    @Test
    void oneThatWaitsCanBeWithdrawn() throws InterruptedException {
        start(pool.ada, "{\"name\": \"python3\", \"env\": {\"KERNEL_GPUS\": \"2\"}}", 201);
        var id = start(pool.ada, "{\"name\": \"python3.gpu\"}", 201).path("id").asString("");
        assertThat(pool.send("POST", "/api/kernels/" + id + "/interrupt", pool.ada, "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(pool.send("POST", "/api/kernels/" + id + "/restart", pool.ada, "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(pool.send("DELETE", "/api/kernels/" + id, pool.eve, "").statusCode())
                .isEqualTo(404);
        assertThat(pool.send("DELETE", "/api/kernels/" + id, pool.ada, "").statusCode())
                .isEqualTo(204);
        assertThat(pool.send("GET", "/api/kernels/" + id, pool.ada, "").statusCode())
                .isEqualTo(404);
        assertThat(get(pool.root, "/api/v1/queue")).isEmpty();
    }

    @Test
    void aStartThatFailsGivesItsLeaseBackAndAnUnknownSpecNeverWaits() {
        assertThat(start(pool.ada, "{\"name\": \"dies\", \"env\": {\"KERNEL_GPUS\": \"2\"}}", 500)
                        .path("message")
                        .asString(""))
                .contains("it exited with 1");
        assertThat(get(pool.root, "/api/v1/leases")).isEmpty();
        start(pool.ada, "{\"name\": \"python3\", \"env\": {\"KERNEL_GPUS\": \"2\"}}", 201);
        start(pool.ada, "{\"name\": \"haskell.gpu\"}", 404);
        assertThat(get(pool.root, "/api/v1/queue")).isEmpty();
    }

    @Test
    void aQuotaIsSaidToWhomItRefuses() {
        pool.send("PUT", "/api/v1/quotas/pool", pool.root, "{\"gpus\": 1}");
        start(pool.ada, "{\"name\": \"python3.gpu\"}", 201);
        assertThat(start(pool.eve, "{\"name\": \"python3.gpu\"}", 403)
                        .path("message")
                        .asString(""))
                .isEqualTo("The pool may use 1 GPU, 1 is in use; wait until some are given back");
        assertThat(start(pool.eve, "{\"name\": \"python3\", \"env\": {\"KERNEL_TEAM\": \"vision\"}}", 403)
                        .path("message")
                        .asString(""))
                .isEqualTo("You are not in team \"vision\"; you are in no team, so leave KERNEL_TEAM out");
    }

    private static void until(java.util.function.BooleanSupplier done) throws InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
