package sluice.gateway.doors.apps;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.doors.http.HttpDoor;
import sluice.gateway.doors.http.Pages;
import sluice.gateway.doors.http.Problems;
import sluice.gateway.doors.http.Shape;
import sluice.gateway.people.Right;
import sluice.gateway.sessions.Labs;
import sluice.kernels.link.Orders;

/// `/user/<name>/…`: that user's JupyterLab. Its kernels are answered by the Jupyter door before anything comes here.
public final class LabDoor {
    private static final Logger LOG = LoggerFactory.getLogger(LabDoor.class);

    private final Labs labs;
    private final AppProxy proxy;
    private final HttpDoor http;

    /// For the calling event loop.
    public LabDoor(Labs labs, AppProxy proxy, HttpDoor http) {
        this.labs = labs;
        this.proxy = proxy;
        this.http = http;
    }

    /// Adds its route to a router of this event loop.
    /// @param basePath what every path of the pool begins with, or empty
    public void addTo(Router router, String basePath) {
        router.route(basePath + "/user/:user/*")
                .handler(http.guard(Right.NAMED_USER, Shape.PAGE))
                .handler(this::serve);
    }

    private void serve(RoutingContext ctx) {
        var user = Objects.requireNonNull(ctx.pathParam("user"));
        var running = labs.running(user);
        if (running.isPresent()) {
            pass(ctx, user, running.get());
        } else if (isPage(ctx.request())) {
            startingPage(ctx, user);
        } else {
            Future.fromCompletionStage(labs.of(user), Vertx.currentContext())
                    .onSuccess(lab -> pass(ctx, user, lab))
                    .onFailure(e -> failed(ctx, user, e));
        }
    }

    private void pass(RoutingContext ctx, String user, Orders.AppModel lab) {
        proxy.pass(ctx.request(), lab).onFailure(e -> {
            LOG.info(
                    "the JupyterLab of {} did not answer {}: {}",
                    user,
                    ctx.request().path(),
                    e.toString());
            if (ctx.response().headWritten()) {
                ctx.request().connection().close();
            } else if (isPage(ctx.request())) {
                labs.forget(user);
                startingPage(ctx, user);
            } else {
                labs.forget(user);
                http.refuse(
                        ctx,
                        new Problems.HttpRefusal(502, "Your JupyterLab does not answer; reload the page"),
                        Shape.JUPYTER);
            }
        });
    }

    /// A person is shown that something happens, and comes back by themselves; a failed start is said and tried again
    /// on the next visit.
    private void startingPage(RoutingContext ctx, String user) {
        var lab = labs.of(user);
        if (lab.isCompletedExceptionally()) {
            failed(ctx, user, lab.exceptionNow());
            return;
        }
        var page = Pages.html(200, Pages.filled("starting.html", Map.of("base", "", "user", user)));
        ctx.response().putHeader("Refresh", "1");
        http.answer(ctx, page);
    }

    private void failed(RoutingContext ctx, String user, Throwable e) {
        labs.forget(user);
        var cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        http.refuse(ctx, cause, isPage(ctx.request()) ? Shape.PAGE : Shape.JUPYTER);
    }

    private static boolean isPage(HttpServerRequest request) {
        var accept = request.getHeader("Accept");
        return request.method().equals(HttpMethod.GET)
                && request.getHeader("Upgrade") == null
                && accept != null
                && accept.contains("text/html");
    }
}
