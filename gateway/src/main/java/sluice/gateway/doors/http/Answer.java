package sluice.gateway.doors.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What goes back.
/// @param cookies whole `Set-Cookie` values
/// @param about what the request turned out to be about, for the audit; null where its path says it
public record Answer(
        int status,
        String type,
        byte[] body,
        Map<String, String> headers,
        List<String> cookies,
        @Nullable String about) {
    private static final String JSON = "application/json";

    public static Answer json(Object value) {
        return json(200, value);
    }

    public static Answer json(int status, Object value) {
        return new Answer(status, JSON, Json.bytes(value), Map.of(), List.of(), null);
    }

    public static Answer created(String location, Object value) {
        return json(201, value).with("Location", location);
    }

    public static Answer nothing() {
        return new Answer(204, "", new byte[0], Map.of(), List.of(), null);
    }

    public static Answer bytes(String type, byte[] bytes) {
        return new Answer(200, type, bytes, Map.of(), List.of(), null);
    }

    public static Answer html(int status, String page) {
        return new Answer(
                status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8), Map.of(), List.of(), null);
    }

    /// To another place, by GET.
    public static Answer seeOther(String location) {
        return new Answer(303, "", new byte[0], Map.of("Location", location), List.of(), null);
    }

    public Answer with(String header, String value) {
        var more = new TreeMap<>(headers);
        more.put(header, value);
        return new Answer(status, type, body, more, cookies, about);
    }

    /// The version of what is answered, which a later change can name in `If-Match`.
    public Answer tagged(long version) {
        return with("ETag", Tags.of(version));
    }

    public Answer cookie(String setCookie) {
        var more = new ArrayList<>(cookies);
        more.add(setCookie);
        return new Answer(status, type, body, headers, more, about);
    }

    public Answer about(String object) {
        return new Answer(status, type, body, headers, cookies, object);
    }
}
