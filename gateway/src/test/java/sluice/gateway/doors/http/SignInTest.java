package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
    static TestPool pool;

    @BeforeAll
    static void open() {
        pool = new TestPool();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"token %s", "Token %s", "TOKEN %s", "Bearer %s", "bearer %s", "token   %s  "})
    void everyFormOfTheHeaderIsTaken(String form) {
        var request = pool.request("GET", "/api/me", "", "").header("Authorization", form.formatted(pool.ada));
        assertThat(pool.send(request).body()).contains("\"username\":\"ada\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "token",
                "token ",
                "token wrong",
                "Bearer slu_0000000000000000000000000000000000000000",
                "Basic YWRtaW46YWRtaW4=",
                "token ' OR 1=1 --",
            })
    void anythingElseIsNobody(String header) {
        var request = pool.request("GET", "/api/kernels", "", "");
        if (!header.isEmpty()) request.header("Authorization", header);
        var answer = pool.send(request);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(json(answer).get("message").asString()).isNotEmpty();
        assertThat(json(answer).get("reason").asString()).isEqualTo("Unauthorized");
    }

    @Test
    void aTokenInTheAddressIsTaken() {
        assertThat(pool.get("/api/kernels?token=" + pool.ada, "").statusCode()).isEqualTo(200);
        assertThat(pool.get("/api/kernels?1795416095100&token=" + pool.ada, "").statusCode())
                .isEqualTo(200);
        assertThat(pool.get("/t/" + pool.ada + "/api/kernels", "").statusCode()).isEqualTo(200);
        assertThat(pool.get("/t/" + pool.ada + "/api/me?permissions=%7B%7D", "").body())
                .contains("ada");
        assertThat(pool.get("/t/" + pool.ada + "/kernelspecs/python3/kernel.js", "")
                        .body())
                .isEqualTo("define([])");
        assertThat(pool.get("/t/wrong/api/kernels", "").statusCode()).isEqualTo(401);
        assertThat(pool.get("/t/" + pool.ada + "/t/" + pool.eve + "/api/me", "").statusCode())
                .isEqualTo(404);
        assertThat(pool.post("/t/" + pool.ada + "/api/kernels", "", "{}")
                        .headers()
                        .firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).startsWith("/api/kernels/"));
    }

    @Test
    void theHeaderComesBeforeTheAddressAndBothBeforeTheCookie() {
        var cookies = signIn(pool.eve);
        var both =
                pool.request("GET", "/api/me?token=" + pool.eve, pool.ada, "").header("Cookie", cookies.header());
        assertThat(pool.send(both).body()).contains("\"username\":\"ada\"");
        var address = pool.request("GET", "/api/me?token=" + pool.ada, "", "").header("Cookie", cookies.header());
        assertThat(pool.send(address).body()).contains("\"username\":\"ada\"");
    }

    @Test
    void aTokenOfSomeOtherServerDoesNotHideTheCookie() {
        var cookies = signIn(pool.ada);
        var request = pool.request("GET", "/api/me", "someothersservers", "").header("Cookie", cookies.header());
        assertThat(pool.send(request).body()).contains("\"username\":\"ada\"");
    }

    @Test
    void aPageOpenedByTokenIsShownWithoutIt() {
        var answer = pool.get("/?token=" + pool.ada + "&x=1", "");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains("/?x=1");
        assertThat(answer.headers().map().toString()).doesNotContain(pool.ada);
        var cookies = cookies(answer);
        assertThat(answer.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("sluice-").contains("HttpOnly", "SameSite=Lax"));
        var page = pool.send(pool.request("GET", "/", "", "").header("Cookie", cookies.header()));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Ada Lovelace").contains("/user/ada/lab");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'");
    }

    @Test
    void aStrangerIsShownTheWayIn() {
        var answer = pool.get("/?a=b&token=wrong", "");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains("/login?next=%2F%3Fa%3Db");
    }

    @Test
    void theLoginPageTakesATokenAndGoesOn() {
        var cookies = signIn(pool.ada);
        var me = pool.send(pool.request("GET", "/api/me", "", "").header("Cookie", cookies.header()));
        assertThat(me.body()).contains("\"username\":\"ada\"");
        var wrong = login("slu_wrong", "/", "token");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).contains("not known here").doesNotContain("slu_wrong");
        assertThat(login(pool.ada, "/", "password").statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "//evil.example",
                "/\\evil.example",
                "https:evil.example",
                "javascript:alert(1)",
                "/\r\nX-Evil: 1",
                "/x y",
                "",
            })
    void theLoginPageSendsNobodyElsewhere(String next) {
        var answer = login(pool.ada, next, "token");
        assertThat(answer.headers().firstValue("Location")).contains("/");
        assertThat(answer.headers().map()).doesNotContainKey("x-evil");
    }

    @Test
    void theLoginPageIsNotForgedAndFilledInFieldsStayText() {
        var page = pool.get("/login?next=/%22%3E%3Cscript%3E", "");
        assertThat(page.body()).doesNotContain("<script>");
        var forged = pool.send(pool.request("POST", "/login", "", "token=" + pool.ada)
                .header("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(forged.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("sluice-"));
    }

    @Test
    void aCookieMadeUpOrChangedIsNothing() {
        var cookies = signIn(pool.ada);
        var name = "sluice-" + pool.port;
        var value = String.valueOf(cookies.get(name));
        for (var forged : new String[] {
            "x",
            "1.9999999999.AAAA",
            value.replaceFirst("^\\d+", "1"),
            value.substring(0, value.length() - 1) + "~",
            value + "x"
        }) {
            if (forged.equals(value)) continue;
            var request = pool.request("GET", "/api/me", "", "").header("Cookie", name + "=" + forged);
            assertThat(pool.send(request).statusCode()).as(forged).isEqualTo(401);
        }
    }

    @Test
    void aCookieEndsWithItsTokenAndAtSigningOut() {
        var token = pool.tokens.issue(pool.users.get("ada"), "short", null);
        var cookies = signIn(token.secret());
        assertThat(me(cookies)).isEqualTo(200);
        var out = pool.send(pool.request("POST", "/logout", "", "_xsrf=" + cookies.get("_xsrf"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", cookies.header()));
        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(out.headers().allValues("Set-Cookie")).anyMatch(cookie -> cookie.contains("Max-Age=0"));
        pool.tokens.revoke(token.token().id());
        assertThat(me(cookies)).isEqualTo(401);
        assertThat(pool.get("/api/me", token.secret()).statusCode()).isEqualTo(401);
    }

    @Test
    void aDisabledUserIsOutAtOnce() {
        var user = pool.users.create("zoe", null, sluice.gateway.people.Role.USER);
        var token = pool.tokens.issue(user, "t", null).secret();
        assertThat(pool.get("/api/me", token).statusCode()).isEqualTo(200);
        pool.kernel(token);
        var changed = pool.send("PATCH", "/api/v1/users/zoe", pool.root, "{\"disabled\":true}");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(pool.get("/api/me", token).statusCode()).isEqualTo(401);
        assertThat(pool.nodes.kernels.values())
                .noneMatch(kernel -> kernel.owner().equals("zoe"));
    }

    @Test
    void anExpiredTokenIsOut() {
        var token = pool.tokens.issue(
                pool.users.get("ada"), "past", Clock.systemUTC().instant().minusSeconds(1));
        assertThat(pool.get("/api/me", token.secret()).statusCode()).isEqualTo(401);
    }

    @Test
    void aWebSocketIsOpenedByEveryWayIn() throws Exception {
        var path = "/api/kernels/" + TestPool.randomId() + "/channels";
        assertThat(hello(path + "?token=" + pool.ada, Map.of())).startsWith("ada ");
        assertThat(hello("/t/" + pool.ada + path, Map.of())).startsWith("ada ");
        assertThat(hello("/user/ada" + path, Map.of("Authorization", "token " + pool.ada)))
                .startsWith("ada ");
        var cookie = signIn(pool.ada).header();
        assertThat(hello(path, Map.of("Cookie", cookie))).startsWith("ada ");
        assertThat(hello(path, Map.of("Cookie", cookie, "Origin", "http://127.0.0.1:" + pool.port)))
                .startsWith("ada ");
        // A token of one's own is enough wherever the page comes from, as in Jupyter's server.
        assertThat(hello(path + "?token=" + pool.ada, Map.of("Origin", "http://evil.example")))
                .startsWith("ada ");
    }

    @Test
    void aWebSocketOfAnotherSitesPageIsRefused() {
        var path = "/api/kernels/" + TestPool.randomId() + "/channels";
        var cookie = signIn(pool.ada).header();
        assertThat(refused(path, Map.of("Cookie", cookie, "Origin", "http://evil.example")))
                .isEqualTo(403);
        assertThat(refused(path, Map.of("Cookie", cookie, "Origin", "null"))).isEqualTo(403);
        assertThat(refused(path, Map.of())).isEqualTo(401);
        assertThat(refused("/user/ada" + path, Map.of("Authorization", "token " + pool.eve)))
                .isEqualTo(403);
        assertThat(pool.get(path, pool.ada).statusCode()).isEqualTo(400);
    }

    @Test
    void guessingIsToldToWaitAndTheRightTokenIsNot() {
        try (var strict = new TestPool(
                settings -> settings.withLogin(new HttpSettings.Login(Duration.ofDays(1), false, true, 3)))) {
            var wrong = "slu_" + "0".repeat(40);
            for (int i = 0; i < 3; i++)
                assertThat(strict.get("/api/me", wrong).statusCode()).isEqualTo(401);
            var waits = strict.get("/api/me", wrong);
            assertThat(waits.statusCode()).isEqualTo(429);
            assertThat(waits.headers().firstValue("Retry-After")).contains("60");
            assertThat(strict.get("/api/me", strict.ada).statusCode()).isEqualTo(200);
        }
    }

    private static int me(Cookies cookies) {
        return pool.send(pool.request("GET", "/api/me", "", "").header("Cookie", cookies.header()))
                .statusCode();
    }

    private static final class Cookies extends HashMap<String, String> {
        String header() {
            return String.join("; ", entrySet().stream().map(Object::toString).toList());
        }
    }

    static Cookies signIn(String token) {
        var answer = login(token, "/", "token");
        assertThat(answer.statusCode()).isEqualTo(303);
        var cookies = cookies(answer);
        cookies.putIfAbsent("_xsrf", lastXsrf);
        return cookies;
    }

    private static String lastXsrf = "";

    private static HttpResponse<String> login(String token, String next, String field) {
        var page = pool.get("/login", "");
        lastXsrf = String.valueOf(cookies(page).get("_xsrf"));
        var form = "_xsrf=" + lastXsrf + "&" + field + "=" + token + "&next="
                + URLEncoder.encode(next, StandardCharsets.UTF_8);
        return pool.send(pool.request("POST", "/login", "", form)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", "_xsrf=" + lastXsrf));
    }

    private static Cookies cookies(HttpResponse<String> answer) {
        var cookies = new Cookies();
        for (var cookie : answer.headers().allValues("Set-Cookie")) {
            var pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair[1]);
        }
        return cookies;
    }

    private static String hello(String path, Map<String, String> headers) throws Exception {
        var text = new CompletableFuture<String>();
        var socket = connect(path, headers, text).get(10, TimeUnit.SECONDS);
        var said = text.get(10, TimeUnit.SECONDS);
        socket.abort();
        return said;
    }

    private static int refused(String path, Map<String, String> headers) {
        try {
            connect(path, headers, new CompletableFuture<>()).join().abort();
            return 101;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            return e.getCause() instanceof WebSocketHandshakeException handshake
                    ? handshake.getResponse().statusCode()
                    : 0;
        }
    }

    private static CompletableFuture<WebSocket> connect(
            String path, Map<String, String> headers, CompletableFuture<String> text) {
        var builder = HttpClient.newHttpClient().newWebSocketBuilder();
        headers.forEach(builder::header);
        return builder.buildAsync(URI.create("ws://127.0.0.1:" + pool.port + path), new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                text.complete(data.toString());
                return CompletableFuture.completedFuture(null);
            }
        });
    }

    @Test
    void whatLastedSecondsIsStillProvedByTheDatabase() {
        var token = pool.tokens.issue(pool.users.get("eve"), "used", null);
        assertThat(pool.get("/api/me", token.secret()).statusCode()).isEqualTo(200);
        assertThat(pool.tokens.get(token.token().id()).lastUsedAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    }
}
