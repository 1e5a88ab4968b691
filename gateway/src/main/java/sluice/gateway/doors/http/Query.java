package sluice.gateway.doors.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;

/// `a=1&b=2`, in addresses and in forms.
final class Query {
    private static final int MOST = 100;

    private Query() {}

    static Map<String, List<String>> parse(String text) {
        var values = new LinkedHashMap<String, List<String>>();
        if (text.isEmpty()) return values;
        var pairs = text.split("&", MOST + 1);
        if (pairs.length > MOST) throw Refused.badRequest("More than %d parameters".formatted(MOST));
        for (var pair : pairs) {
            if (pair.isEmpty()) continue;
            var equals = pair.indexOf('=');
            var name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            var value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
        return values;
    }

    /// The first value of that name, or null.
    static @Nullable String first(@Nullable String query, String name) {
        if (query == null) return null;
        var values = parse(query).get(name);
        return values == null ? null : values.getFirst();
    }

    /// A query string less every `token=…` in it.
    static String withoutToken(@Nullable String query) {
        if (query == null) return "";
        return Arrays.stream(query.split("&"))
                .filter(pair -> !pair.isEmpty() && !pair.equals("token") && !pair.startsWith("token="))
                .collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest("A % in the address is not followed by two hexadecimal digits");
        }
    }
}
