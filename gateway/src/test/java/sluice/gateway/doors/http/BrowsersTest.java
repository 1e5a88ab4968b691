package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowsersTest {
    static final String OTHER = "https://lab.example";
    static TestPool pool;
    static TestPool open;

    @BeforeAll
    static void open() {
        pool = new TestPool();
        open = new TestPool(settings ->
                settings.withCors(new HttpSettings.Cors(List.of(OTHER), "https://[a-z]+\\.trusted\\.example", true)));
    }

    @AfterAll
    static void close() {
        pool.close();
        open.close();
    }

    @Test
    void aChangeByCookieNeedsTheCookiesTwin() {
        var cookie = cookie(pool, pool.ada);
        assertThat(change(pool, cookie, "")).isEqualTo(403);
        assertThat(change(pool, cookie, "guess-guess")).isEqualTo(403);
        assertThat(change(pool, cookie + "; _xsrf=mine-mine-mine", "mine-mine-mine"))
                .isEqualTo(201);
        assertThat(change(pool, cookie + "; _xsrf=mine-mine-mine", "mine-mine-mIne"))
                .isEqualTo(403);
        // A page's own server may have set one more of that name.
        assertThat(change(pool, cookie + "; _xsrf=theirs-theirs; _xsrf=mine-mine-mine", "mine-mine-mine"))
                .isEqualTo(201);
        var byAddress = pool.request("POST", "/api/kernels?_xsrf=mine-mine-mine", "", "{}")
                .header("Cookie", cookie + "; _xsrf=mine-mine-mine");
        assertThat(pool.send(byAddress).statusCode()).isEqualTo(201);
    }

    @Test
    void aChangeByTokenNeedsNone() {
        assertThat(pool.post("/api/kernels", pool.ada, "{}").statusCode()).isEqualTo(201);
        assertThat(pool.post("/api/kernels?token=" + pool.ada, "", "{}").statusCode())
                .isEqualTo(201);
    }

    @Test
    void aReadByCookieNeedsNone() {
        var request = pool.request("GET", "/api/kernels", "", "").header("Cookie", cookie(pool, pool.ada));
        assertThat(pool.send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void aPageOfAnotherSiteChangesNothingByCookie() {
        var cookie = cookie(pool, pool.ada) + "; _xsrf=mine-mine-mine";
        var before = pool.nodes.kernels.size();
        for (var origin :
                List.of("http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example")) {
            var answer = pool.send(pool.request("POST", "/api/kernels", "", "{}")
                    .header("Cookie", cookie)
                    .header("X-XSRFToken", "mine-mine-mine")
                    .header("Origin", origin));
            assertThat(answer.statusCode()).as(origin).isEqualTo(403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        assertThat(pool.nodes.kernels).hasSize(before);
        var own = pool.send(pool.request("POST", "/api/kernels", "", "{}")
                .header("Cookie", cookie)
                .header("X-XSRFToken", "mine-mine-mine")
                .header("Origin", "http://127.0.0.1:" + pool.port));
        assertThat(own.statusCode()).isEqualTo(201);
    }

    @Test
    void aPageOfAnotherSiteReadsOnlyWithATokenOfItsOwn() {
        var byCookie = pool.send(pool.request("GET", "/api/kernels", "", "")
                .header("Cookie", cookie(pool, pool.ada))
                .header("Origin", OTHER));
        assertThat(byCookie.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        var byToken =
                pool.send(pool.request("GET", "/api/kernels", pool.ada, "").header("Origin", OTHER));
        assertThat(byToken.headers().firstValue("Access-Control-Allow-Origin")).contains(OTHER);
        assertThat(byToken.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
        var own = pool.get("/api/kernels", pool.ada);
        assertThat(own.headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER, "https://lab.trusted.example"})
    void aConfiguredOriginMayDoWhatAPageOfOursMay(String origin) {
        var preflight = open.send(HttpRequest.newBuilder(java.net.URI.create(open.url("/api/kernels")))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST"));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .contains(origin);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .contains("true");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse(""))
                .contains("authorization", "content-type", "x-xsrftoken", "if-match");
        var change = open.send(open.request("POST", "/api/kernels", "", "{}")
                .header("Cookie", cookie(open, open.ada) + "; _xsrf=mine-mine-mine")
                .header("X-XSRFToken", "mine-mine-mine")
                .header("Origin", origin));
        assertThat(change.statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://lab.example.evil", "http://lab.example", "https://lab.trusted.example.evil", "null"})
    void anOriginThatOnlyLooksLikeItMayNot(String origin) {
        var preflight = open.send(HttpRequest.newBuilder(java.net.URI.create(open.url("/api/kernels")))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST"));
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void aPageGetsWhatItNeedsToProveItself() {
        var page = pool.send(pool.request("GET", "/", "", "").header("Cookie", cookie(pool, pool.ada)));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("_xsrf=").doesNotContain("HttpOnly"));
    }

    @Test
    void everyAnswerTellsBrowsersToBeCareful() {
        for (var path : List.of("/api/kernels", "/api/nothing", "/api/v1/users", "/web/landing.js", "/login")) {
            var headers = pool.get(path, pool.ada).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).as(path).contains("nosniff");
            assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                    .as(path)
                    .contains("default-src 'none'", "frame-ancestors");
        }
        assertThat(pool.get("/api/kernels", pool.ada).headers().firstValue("Content-Security-Policy"))
                .contains("frame-ancestors 'self'; report-uri /api/security/csp-report; default-src 'none'");
    }

    private static int change(TestPool pool, String cookie, String xsrf) {
        var request = pool.request("POST", "/api/kernels", "", "{}").header("Cookie", cookie);
        if (!xsrf.isEmpty()) request.header("X-XSRFToken", xsrf);
        HttpResponse<String> answer = pool.send(request);
        if (answer.statusCode() == 403)
            assertThat(json(answer).get("message").asString()).contains("xsrf");
        return answer.statusCode();
    }

    private static String cookie(TestPool pool, String token) {
        return pool.get("/?token=" + token, "").headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("sluice-"))
                .map(cookie -> cookie.split(";")[0])
                .findFirst()
                .orElseThrow();
    }
}
