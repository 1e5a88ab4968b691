package sluice.gateway.doors.http;

import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.people.Words;

/// One line for each request: who, what, how it ended, how long it took. Tokens never stand in it.
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("sluice.access");
    private static final Pattern IN_QUERY = Pattern.compile("(?i)([?&;](?:token|_xsrf|password)=)[^&;]*");
    private static final Pattern IN_PATH = Pattern.compile("(/t/)[^/?]+");
    private static final Pattern ANYWHERE = Pattern.compile("slu_[A-Za-z0-9]{8,}");

    private AccessLog() {}

    static void follow(RoutingContext ctx) {
        // Probes come every second or more often and say nothing about anybody.
        var path = ctx.request().path();
        if (path != null && path.startsWith("/health")) return;
        var began = System.nanoTime();
        ctx.addEndHandler(done -> {
            var who = HttpDoor.principal(ctx);
            LOG.info(
                    "{} {} {} {} {} {} ms",
                    Work.address(ctx.request()),
                    who.map(principal -> principal.name()).orElse("-"),
                    ctx.request().method(),
                    redacted(String.valueOf(ctx.request().uri())),
                    ctx.response().getStatusCode(),
                    (System.nanoTime() - began) / 1_000_000);
        });
    }

    static String redacted(String uri) {
        var safe = IN_QUERY.matcher(uri).replaceAll("$1…");
        safe = IN_PATH.matcher(safe).replaceFirst("$1…");
        return Words.plain(ANYWHERE.matcher(safe).replaceAll("slu_…"), 500);
    }
}
