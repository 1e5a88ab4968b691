package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ServerTest {
    static TestPool pool;
    static TestPool below;

    @BeforeAll
    static void open() {
        pool = new TestPool();
        below = new TestPool(settings -> settings.withBasePath("/pool"));
    }

    @AfterAll
    static void close() {
        pool.close();
        below.close();
    }

    @Test
    void aKernelspecHasAllThatClientsLookFor() {
        var specs = json(pool.get("/api/kernelspecs?user=ada&1795416095100", pool.ada));
        assertThat(specs.get("default").asString()).isEqualTo("python3");
        var python = specs.get("kernelspecs").get("python3");
        assertThat(python.get("spec").propertyNames())
                .contains("argv", "env", "display_name", "language", "interrupt_mode", "metadata");
        assertThat(python.get("resources").get("logo-64x64").asString())
                .isEqualTo("/kernelspecs/python3/logo-64x64.png");
        assertThat(python.get("resources").get("kernel.js").asString()).isEqualTo("/kernelspecs/python3/kernel.js");
        assertThat(json(pool.get("/api/kernelspecs/python3", pool.ada))).isEqualTo(python);
        var unknown = pool.get("/api/kernelspecs/nothere", pool.ada);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).get("message").asString()).isEqualTo("Kernel spec nothere not found");
    }

    @Test
    void aLogoIsServedAsWhatItIsAndKept() {
        var logo = pool.get("/kernelspecs/python3/logo-64x64.png", pool.ada);
        assertThat(logo.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(logo.headers().firstValue("Cache-Control")).contains("max-age=2592000");
        assertThat(logo.headers().firstValue("ETag")).isPresent();
        var head = pool.send("HEAD", "/kernelspecs/python3/logo-64x64.png", pool.ada, "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).contains("20");
        assertThat(pool.get("/kernelspecs/python3/nothere.png", pool.ada).statusCode())
                .isEqualTo(404);
        assertThat(pool.get("/kernelspecs/python3/logo-64x64.png", "").statusCode())
                .isEqualTo(401);
    }

    @Test
    void theSameStandsBelowEachLab() {
        var specs = json(pool.get("/user/ada/api/kernelspecs", pool.ada));
        assertThat(specs.at("/kernelspecs/python3/resources/logo-64x64").asString())
                .isEqualTo("/user/ada/kernelspecs/python3/logo-64x64.png");
        assertThat(pool.get("/user/ada/kernelspecs/python3/logo-64x64.png", pool.ada)
                        .statusCode())
                .isEqualTo(200);
        var started = pool.post("/user/ada/api/kernels", pool.ada, "{}");
        assertThat(started.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).startsWith("/user/ada/api/kernels/"));
        assertThat(pool.get("/user/ada/api/kernels", pool.eve).statusCode()).isEqualTo(403);
        assertThat(pool.get("/user/ada/api/me", pool.ada).body()).contains("\"ada\"");
    }

    @Test
    void everythingMayStandBelowABasePath() {
        assertThat(below.get("/api/kernels", below.ada).statusCode()).isEqualTo(404);
        var started = below.post("/pool/api/kernels", below.ada, "{}");
        assertThat(started.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).startsWith("/pool/api/kernels/"));
        assertThat(below.get("/pool/t/" + below.ada + "/api/kernels", "").statusCode())
                .isEqualTo(200);
        var specs = json(below.get("/pool/user/ada/api/kernelspecs", below.ada));
        assertThat(specs.at("/kernelspecs/python3/resources/logo-64x64").asString())
                .isEqualTo("/pool/user/ada/kernelspecs/python3/logo-64x64.png");
        var login = below.get("/pool/", "");
        assertThat(login.headers().firstValue("Location")).contains("/pool/login?next=%2Fpool%2F");
        assertThat(below.get("/pool/login", "").body()).contains("action=\"/pool/login\"");
        var cookie = below.get("/pool/?token=" + below.ada, "").headers().allValues("Set-Cookie");
        assertThat(cookie).allSatisfy(one -> assertThat(one).contains("Path=/pool/"));
    }

    @Test
    void timesAreWrittenAsPythonReadsThem() {
        var status = json(pool.get("/api/status", pool.eve));
        assertThat(status.propertyNames()).containsExactly("connections", "kernels", "last_activity", "started");
        assertThat(status.get("started").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(status.get("last_activity").asString()).matches(".*\\.\\d{6}Z");
        assertThat(status.get("kernels").asInt()).isZero();
    }

    @Test
    void oneMayAskWhatOneMay() {
        var answer = json(pool.get(
                "/api/me?permissions=%7B%22kernels%22%3A%5B%22read%22%2C%22write%22%2C%22fly%22%5D%7D", pool.ada));
        assertThat(answer.at("/identity/username").asString()).isEqualTo("ada");
        assertThat(answer.at("/identity/display_name").asString()).isEqualTo("Ada Lovelace");
        assertThat(answer.at("/permissions/kernels").toString()).isEqualTo("[\"read\",\"write\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%5B%5D", "x", "%7B%22a%22%3A1%7D", "%7B%22a%22%3A%5B1%5D%7D", "null"})
    void permissionsThatAreNoneAreABadRequest(String permissions) {
        var answer = pool.get("/api/me?permissions=" + permissions, pool.ada);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("message").asString()).contains("permissions");
    }

    @Test
    void oneMayChangeTheNameThatIsShown() {
        var user = pool.users.create("mia", null, sluice.gateway.people.Role.USER);
        var token = pool.tokens.issue(user, "t", null).secret();
        var changed = pool.send("PATCH", "/api/me", token, "{\"display_name\":\"Mia M.\"}");
        assertThat(json(changed).at("/identity/display_name").asString()).isEqualTo("Mia M.");
        assertThat(pool.send("PATCH", "/api/me", token, "").statusCode()).isEqualTo(400);
        assertThat(pool.send("PATCH", "/api/me", token, "{\"display_name\":\"\\u0007\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theContractIsServedInEveryFormClientsAskFor() {
        assertThat(pool.get("/api/spec.yaml", "").body()).startsWith("openapi: 3.1.0");
        var json = json(pool.get("/api/swagger.json", ""));
        assertThat(json.at("/paths/~1api~1kernels~1{kernelId}/servers/1/url").asString())
                .isEqualTo("/user/{user}");
    }

    @Test
    void aTokenIsShownOnceAndEndsWhenRevoked() {
        var made = pool.post("/api/v1/tokens", pool.ada, "{\"label\":\"laptop\",\"expiresInSeconds\":3600}");
        assertThat(made.statusCode()).isEqualTo(201);
        var secret = json(made).get("token").asString();
        assertThat(Instant.parse(json(made).get("expiresAt").asString()))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofHours(2)));
        assertThat(pool.get("/api/v1/tokens", pool.ada).body())
                .contains("laptop")
                .doesNotContain(secret);
        assertThat(pool.get("/api/v1/me", secret).statusCode()).isEqualTo(200);
        var place = made.headers().firstValue("Location").orElseThrow();
        assertThat(pool.send("DELETE", place, pool.eve, "").statusCode()).isEqualTo(404);
        assertThat(pool.send("DELETE", place, pool.ada, "").statusCode()).isEqualTo(204);
        assertThat(pool.get("/api/v1/me", secret).statusCode()).isEqualTo(401);
    }

    @Test
    void anAdministratorMakesUsersAndTheirTokens() {
        assertThat(pool.post("/api/v1/users", pool.root, "{\"name\":\"bob\",\"role\":\"user\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(pool.post("/api/v1/users", pool.root, "{\"name\":\"bob\"}").statusCode())
                .isEqualTo(409);
        var made = json(pool.post(
                "/api/v1/users/bob/tokens", pool.root, "{\"label\":\"t\",\"expires\":\"2030-01-01T00:00:00Z\"}"));
        assertThat(pool.get("/api/v1/me", made.get("token").asString()).body()).contains("\"bob\"");
        var path = "/api/v1/users/bob/tokens/" + made.get("id").asLong();
        assertThat(pool.send("DELETE", path.replace("bob", "ada"), pool.root, "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(pool.send("DELETE", path, pool.root, "").statusCode()).isEqualTo(204);
        assertThat(pool.get("/api/v1/users/bob/tokens", pool.root).body()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  | /api/v1/tokens      | {\"expiresInSeconds\":0}",
                "POST  | /api/v1/tokens      | {\"expiresInSeconds\":1.5}",
                "POST  | /api/v1/tokens      | {\"expiresInSeconds\":9223372036854775807}",
                "POST  | /api/v1/tokens      | {\"expires\":\"tomorrow\"}",
                "POST  | /api/v1/tokens      | {\"expires\":\"1999-01-01T00:00:00Z\"}",
                "POST  | /api/v1/tokens      | {\"label\":\"\"}",
                "POST  | /api/v1/users       | {}",
                "POST  | /api/v1/users       | {\"name\":\"Ä\"}",
                "POST  | /api/v1/users       | {\"name\":\"x\",\"role\":\"king\"}",
                "POST  | /api/v1/teams       | {\"name\":\"a/b\"}",
                "PATCH | /api/v1/users/ada   | {\"disabled\":\"yes\"}",
                "GET   | /api/v1/audit?limit=x | ''",
            })
    void badInputIsAProblem(String method, String path, String body) {
        var answer = pool.send(method, path, pool.root, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(answer).get("status").asInt()).isEqualTo(400);
        assertThat(json(answer).get("detail").asString()).isNotEmpty();
    }

    @Test
    void aTeamIsItsManagersToChangeAndItsMembersToSee() {
        assertThat(pool.post("/api/v1/teams", pool.root, "{\"name\":\"speech\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(pool.get("/api/v1/teams/speech", pool.ada).statusCode()).isEqualTo(404);
        var put = pool.send("PUT", "/api/v1/teams/speech/members/ada", pool.root, "{\"role\":\"manager\"}");
        assertThat(json(put).at("/members/0/role").asString()).isEqualTo("manager");
        assertThat(pool.send("PUT", "/api/v1/teams/speech/members/eve", pool.ada, "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(pool.get("/api/v1/teams", pool.eve).body()).contains("speech");
        assertThat(pool.send("PUT", "/api/v1/teams/speech/members/eve", pool.eve, "{\"role\":\"manager\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(pool.send("DELETE", "/api/v1/teams/speech", pool.ada, "").statusCode())
                .isEqualTo(403);
        assertThat(pool.send("DELETE", "/api/v1/teams/speech/members/eve", pool.ada, "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(pool.get("/api/v1/teams/speech", pool.eve).statusCode()).isEqualTo(404);
    }

    @Test
    void whatWasDoneIsInTheAudit() throws InterruptedException {
        var id = pool.kernel(pool.ada);
        pool.post("/t/" + pool.ada + "/api/kernels", "", "{\"name\":\"nothere\"}");
        pool.get("/api/v1/users", pool.eve);
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var lines = "";
        while (!(lines.contains(id) && lines.contains("nothere")) && System.nanoTime() < deadline) {
            Thread.sleep(20);
            lines = pool.get("/api/v1/audit?limit=50", pool.root).body();
        }
        assertThat(lines)
                .contains(id, "kernel.start", "Kernel spec nothere not found")
                .doesNotContain("slu_");
        for (var line : JsonMapper.shared().readTree(lines))
            if (line.get("object").asString().equals(id)) {
                assertThat(line.get("who").asString()).isEqualTo("ada");
                assertThat(line.get("ip").asString()).isEqualTo("127.0.0.1");
            }
    }

    @Test
    void theDatabaseGoneIsSaidSo() {
        try (var doomed = new TestPool()) {
            var token = doomed.ada;
            doomed.database.database().close();
            var answer = doomed.get("/api/sessions", token);
            assertThat(answer.statusCode()).isIn(500, 503);
            assertThat(answer.body()).doesNotContain("Exception");
            assertThat(json(doomed.get("/health", "")).get("database").asString())
                    .isEqualTo("away");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/kernels?token=slu_abc&x=1, /api/kernels?token=…&x=1",
        "/?TOKEN=x, /?TOKEN=…",
        "/t/slu_abc/api, /t/…/api",
        "/pool/t/x/api, /pool/t/…/api",
        "/login?next=%2F%3Ftoken%3Dslu_0123456789abcdef, /login?next=%2F%3Ftoken%3Dslu_…",
    })
    void noTokenReachesTheLog(String uri, String written) {
        assertThat(AccessLog.redacted(uri)).isEqualTo(written);
    }
}
