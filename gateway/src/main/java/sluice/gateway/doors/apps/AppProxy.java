package sluice.gateway.doors.apps;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import sluice.gateway.doors.nodes.NodeDoor;
import sluice.kernels.link.Orders;

/// Passes requests on to an app and its answers back, bodies streamed, websockets and other upgrades as plain bytes.
/// The platform's own credentials stop here: the app sees its own token and nobody's cookie of ours.
public final class AppProxy {
    /// Headers that concern one connection only (RFC 9110 §7.6.1).
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final HttpClient client;
    private final AppTunnels tunnels;
    private final String ourCookies;

    /// Made on the event loop it serves.
    /// @param folder for the tunnels' sockets, 0700
    /// @param ourCookies what the names of the platform's cookies begin with: they are never passed on
    public AppProxy(Vertx vertx, NodeDoor nodes, int number, Path folder, String ourCookies) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setDecompressionSupported(false)
                        .setKeepAliveTimeout(20)
                        .setMaxHeaderSize(64 << 10)
                        .setMaxInitialLineLength(64 << 10),
                new PoolOptions().setHttp1MaxSize(256).setMaxWaitQueueSize(1024));
        this.tunnels = new AppTunnels(vertx, nodes, number, folder);
        this.ourCookies = ourCookies;
    }

    /// Passes the request on and answers it.
    /// @return failed when the app could not be reached before anything was answered
    public Future<Void> pass(HttpServerRequest request, Orders.AppModel app) {
        request.pause();
        return tunnels.to(app.id())
                .compose(address -> client.request(options(request, address)))
                .compose(onward -> {
                    // What goes wrong before the answer is told by the future; later on, that somebody left.
                    onward.exceptionHandler(left -> {});
                    copyRequestHeaders(request, onward.headers(), app);
                    return isUpgrade(request) ? upgrade(request, onward) : exchange(request, onward);
                });
    }

    private static RequestOptions options(HttpServerRequest request, SocketAddress address) {
        var host = request.authority();
        return new RequestOptions()
                .setServer(address)
                .setHost(host == null ? "localhost" : host.host())
                .setPort(host == null || host.port() <= 0 ? 80 : host.port())
                .setMethod(request.method())
                .setURI(request.uri())
                .setConnectTimeout(5_000);
    }

    private Future<Void> exchange(HttpServerRequest request, HttpClientRequest onward) {
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean body = length != null || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
        if (length != null) onward.putHeader(HttpHeaders.CONTENT_LENGTH, length);
        else if (body) onward.setChunked(true);
        request.response().closeHandler(left -> onward.reset());
        var sent = body ? onward.send(request) : onward.send();
        if (!body) request.resume();
        return sent.compose(response -> answer(request, response));
    }

    private Future<Void> answer(HttpServerRequest request, HttpClientResponse response) {
        response.pause();
        var back = request.response();
        back.setStatusCode(response.statusCode()).setStatusMessage(response.statusMessage());
        copyResponseHeaders(response.headers(), back.headers());
        if (response.getHeader(HttpHeaders.CONTENT_LENGTH) == null && hasBody(request, response)) back.setChunked(true);
        return response.pipeTo(back);
    }

    private static boolean hasBody(HttpServerRequest request, HttpClientResponse response) {
        int status = response.statusCode();
        return !request.method().name().equals("HEAD") && status != 204 && status != 304;
    }

    private Future<Void> upgrade(HttpServerRequest request, HttpClientRequest onward) {
        onward.putHeader(HttpHeaders.CONNECTION, "Upgrade").putHeader("Upgrade", request.getHeader("Upgrade"));
        return onward.connect().compose(response -> {
            if (response.statusCode() != 101) return answer(request, response);
            var back = request.response();
            back.setStatusCode(101);
            copyResponseHeaders(response.headers(), back.headers());
            back.putHeader(HttpHeaders.CONNECTION, "Upgrade").putHeader("Upgrade", response.getHeader("Upgrade"));
            var app = response.netSocket();
            app.pause();
            return request.toNetSocket().map(user -> {
                splice(user, app);
                return null;
            });
        });
    }

    private static void splice(NetSocket user, NetSocket app) {
        user.pipeTo(app).onComplete(done -> app.close());
        app.pipeTo(user).onComplete(done -> user.close());
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        var connection = request.getHeader(HttpHeaders.CONNECTION);
        return request.getHeader("Upgrade") != null
                && connection != null
                && connection.toLowerCase(Locale.ROOT).contains("upgrade");
    }

    private void copyRequestHeaders(HttpServerRequest request, MultiMap to, Orders.AppModel app) {
        for (var header : request.headers()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (HOP_BY_HOP.contains(name)
                    || Set.of("authorization", "cookie", "content-length", "host")
                            .contains(name)
                    || name.startsWith("x-forwarded-")) continue;
            to.add(header.getKey(), header.getValue());
        }
        var cookies = foreignCookies(request.headers().getAll(HttpHeaders.COOKIE));
        if (!cookies.isEmpty()) to.set(HttpHeaders.COOKIE, cookies);
        to.set(HttpHeaders.AUTHORIZATION, "token " + app.token());
        to.set("X-Forwarded-Proto", request.isSSL() ? "https" : "http");
        var peer = request.remoteAddress();
        if (peer != null && peer.hostAddress() != null) to.set("X-Forwarded-For", peer.hostAddress());
    }

    private String foreignCookies(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .map(String::strip)
                .filter(cookie -> !cookie.isEmpty() && !cookie.startsWith(ourCookies))
                .collect(Collectors.joining("; "));
    }

    /// What the app says of a header replaces what we would have said.
    private void copyResponseHeaders(MultiMap from, MultiMap to) {
        from.names().forEach(to::remove);
        for (var header : from) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (HOP_BY_HOP.contains(name)) continue;
            if (name.equals("set-cookie") && header.getValue().strip().startsWith(ourCookies)) continue;
            to.add(header.getKey(), header.getValue());
        }
    }
}
