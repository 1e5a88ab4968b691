package sluice.gateway.doors.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The cookies of a request. A browser may send several of one name (for `/` and for a page further down), of which the
/// web server's own reading keeps one.
final class Cookies {
    private Cookies() {}

    static List<String> named(HttpServerRequest request, String name) {
        var values = new ArrayList<String>();
        for (var header : request.headers().getAll("Cookie"))
            for (var pair : header.split(";")) {
                var equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(name))
                    values.add(pair.substring(equals + 1).strip());
            }
        return values;
    }

    /// All of them, the first of each name.
    static Map<String, String> of(HttpServerRequest request) {
        var cookies = new LinkedHashMap<String, String>();
        for (var header : request.headers().getAll("Cookie"))
            for (var pair : header.split(";")) {
                var equals = pair.indexOf('=');
                if (equals > 0)
                    cookies.putIfAbsent(
                            pair.substring(0, equals).strip(),
                            pair.substring(equals + 1).strip());
            }
        return cookies;
    }
}
