package sluice.gateway.doors.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What no good client sends, byte by byte.
class RawRequestsTest {
    static TestPool pool;

    @BeforeAll
    static void open() {
        pool = new TestPool(settings -> settings.withLimits(new HttpSettings.Limits(
                10_000, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(2), 20)));
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 403",
        "evil.example:80, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example, 403",
        "localhost, 200",
        "LOCALHOST:8899, 200",
        "127.0.0.1:1, 200",
        "127.1.2.3, 200",
        "[::1]:8899, 200",
        "ada.localhost, 200",
    })
    void onlyALoopbackNameIsAnswered(String host, int status) throws IOException {
        assertThat(ask("GET /api/me HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: token " + pool.ada + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/kernelspecs/python3/../../../../etc/passwd",
                "/kernelspecs/python3/..%2f..%2f..%2fetc%2fpasswd",
                "/kernelspecs/python3/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/kernelspecs/python3/..%5c..%5cetc%5cpasswd",
                "/kernelspecs/python3/..%252f..%252fetc%252fpasswd",
                "/kernelspecs/python3/....//....//etc/passwd",
                "/kernelspecs/python3//etc/passwd",
                "/kernelspecs/python3/%00",
                "/kernelspecs/python3/.hidden",
                "/kernelspecs/python3/logo-64x64.png/../../../kernel.json",
                "/kernelspecs/%2e%2e/logo-64x64.png",
                "/kernelspecs/..%2fpython3/logo-64x64.png",
                "/kernelspecs/nothere/logo-64x64.png",
                "/kernelspecs/python3/",
                "/web/%2e%2e/openapi.yaml",
                "/web/..%2fopenapi.yaml",
                "/web/landing.html",
                "/api/kernels/%2e%2e",
                "/api/kernels/..",
                "/api/kernels/..%2f",
                "/api/kernels/%00",
                "/api/kernels/*",
                "/api/sessions/%2e%2e%2f",
                "/api/kernelspecs/..%2f..%2fetc",
                "/api/nothing",
                "/tree",
                "/lab",
                "/hub/api",
                "/api/contents",
                "/api/terminals",
            })
    void aPathThatLeadsNowhereIsNotFound(String path) throws IOException {
        var answer =
                ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: token " + pool.ada + "\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 404 ")
                .contains("\"message\"", "\"reason\"")
                .doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/kernels/%zz", "/api/kernels?x=%zz", "/api/me?permissions=%"})
    void anAddressThatIsNoneIsABadRequest(String path) throws IOException {
        assertThat(ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: token " + pool.ada + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"message\"");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /api/kernels",
        "DELETE, /api/kernels",
        "POST, /api",
        "GET, /api/kernels/00000000-0000-4000-8000-000000000000/restart",
        "POST, /api/status",
        "POST, /api/kernelspecs",
        "BREW, /api/kernels",
        "POST, /api/v1/me",
        "PUT, /user/ada/api/sessions"
    })
    void aWrongMethodIsToldTheRightOnes(String method, String path) throws IOException {
        assertThat(ask(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("\r\nallow: ")
                .contains("Method Not Allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/login?next=%0d%0aX-Evil:%201",
                "/?next=/%0d%0aX-Evil:%201",
                "/%0d%0aX-Evil:%201",
                "/api/kernels/%0d%0aX-Evil:1",
                "/kernelspecs/python3/%0d%0aX-Evil:%201",
                "/t/x%0d%0aX-Evil:1/api/kernels",
            })
    void noHeaderIsMadeOfAnAddress(String path) throws IOException {
        assertThat(ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .doesNotContainIgnoringCase("\r\nx-evil");
    }

    @Test
    void aBodyTooLargeIsReadNoFurther() throws IOException {
        var said = "POST /api/kernels HTTP/1.1\r\nHost: localhost\r\nAuthorization: token " + pool.ada + "\r\n";
        assertThat(ask(said + "Content-Length: 1099511627776\r\n\r\n")).startsWith("HTTP/1.1 413 ");
        assertThat(ask(said + "Transfer-Encoding: chunked\r\n\r\n2ee0\r\n" + "x".repeat(12_000) + "\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void aClientThatAsksBeforeItSendsIsTold() throws IOException {
        var answer = ask("POST /api/kernels HTTP/1.1\r\nHost: localhost\r\nAuthorization: token " + pool.ada
                + "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(answer).startsWith("HTTP/1.1 100 ").contains("HTTP/1.1 201 ");
    }

    @Test
    void aLineOrAHeaderWithoutEndIsRefused() throws IOException {
        assertThat(ask("GET /api/kernels?" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ", "\"message\"");
        assertThat(ask("GET /api/kernels HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"))
                .contains(" 431 ", "\"message\"");
    }

    @Test
    void whatIsNotHttpIsRefused() throws IOException {
        assertThat(ask("nonsense\r\n\r\n")).contains(" 400 ", "\"message\"");
    }

    @Test
    void aSlowBodyEnds() throws IOException {
        var answer = ask("POST /api/kernels HTTP/1.1\r\nHost: localhost\r\nAuthorization: token " + pool.ada
                + "\r\nContent-Length: 10\r\n\r\n{");
        assertThat(answer).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws IOException {
        try (var slow = new Socket("127.0.0.1", pool.port)) {
            slow.setSoTimeout(20_000);
            slow.getOutputStream().write("GET /api HTTP/1.1\r\nHo".getBytes(ISO_8859_1));
            assertThat(slow.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void moreConnectionsThanThereMayBeAreClosedAtOnce() throws IOException {
        var held = new java.util.ArrayList<Socket>();
        try {
            for (int i = 0; i < 20; i++) held.add(new Socket("127.0.0.1", pool.port));
            try (var one = new Socket("127.0.0.1", pool.port)) {
                one.setSoTimeout(20_000);
                assertThat(one.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (var socket : held) socket.close();
            // The next test begins when the server has noticed.
            while (ask("GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n").isEmpty()) Thread.onSpinWait();
        }
    }

    @Test
    void aRefusedRequestLeavesTheConnectionUsable() throws IOException {
        var twice = "POST /api/kernels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nxxxxx"
                + "GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertThat(ask(twice)).startsWith("HTTP/1.1 401 ").contains("HTTP/1.1 200 ");
    }

    /// Sends that and reads until the server closes, or says nothing more.
    private static String ask(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", pool.port)) {
            socket.setSoTimeout(20_000);
            var last = request.lastIndexOf("\r\nHost: ");
            var once =
                    last < 0 ? request : request.substring(0, last) + "\r\nConnection: close" + request.substring(last);
            socket.getOutputStream().write(once.getBytes(ISO_8859_1));
            var answer = new java.io.ByteArrayOutputStream();
            var buffer = new byte[8192];
            try {
                for (int read; (read = socket.getInputStream().read(buffer)) > 0; ) answer.write(buffer, 0, read);
            } catch (java.net.SocketException reset) {
                // closed on a client that was still sending
            }
            return answer.toString(ISO_8859_1);
        }
    }
}
