package sluice.gateway.doors.api;

import java.util.Map;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Pages;
import sluice.gateway.people.Refused;

/// The landing page and what it loads.
public final class WebPages {
    private static final Map<String, String> FILES = Map.of(
            "sluice.css", "text/css; charset=utf-8",
            "landing.js", "text/javascript; charset=utf-8",
            "favicon.svg", "image/svg+xml");

    private final String version;

    public WebPages(String version) {
        this.version = version;
    }

    public Answer landing(Asked asked) {
        var who = asked.principal();
        return Pages.html(
                200,
                Pages.filled(
                        "landing.html",
                        Map.of(
                                "base",
                                asked.base(),
                                "user",
                                who.name(),
                                "shown",
                                who.displayName(),
                                "version",
                                version)));
    }

    public Answer file(Asked asked) {
        var type = FILES.get(asked.path("file"));
        if (type == null) throw Refused.notFound("There is no such file");
        return Answer.bytes(type, Pages.bytes(asked.path("file"))).with("Cache-Control", "no-cache");
    }
}
