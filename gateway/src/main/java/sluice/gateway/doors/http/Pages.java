package sluice.gateway.doors.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The few web pages, as files with places to fill in: `{{name}}`.
public final class Pages {
    private Pages() {}

    /// A page with its places filled in; what is filled in is text, never markup.
    public static String filled(String file, Map<String, String> values) {
        var page = new String(bytes(file), StandardCharsets.UTF_8);
        for (var value : values.entrySet())
            page = page.replace("{{" + value.getKey() + "}}", escaped(value.getValue()));
        return page;
    }

    /// A file of the pages' folder.
    public static byte[] bytes(String file) {
        try (var stream = Pages.class.getResourceAsStream("/web/" + file)) {
            if (stream == null) throw new IllegalStateException("the program was built without its page " + file);
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the page " + file, e);
        }
    }

    /// A page of ours: it loads nothing from elsewhere and nobody puts it into a frame.
    public static Answer html(int status, String page) {
        return Answer.html(status, page)
                .with(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
                                + " img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
                .with("Cache-Control", "no-store");
    }

    static Answer refusal(int status, String title, String reason) {
        return html(status, filled("refusal.html", Map.of("status", "" + status, "title", title, "reason", reason)));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
