package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/// Reads a request's body, up to a size and for so long.
final class Bodies {
    private final Vertx vertx;
    private final int most;
    private final Duration within;

    Bodies(Vertx vertx, HttpSettings.Limits limits) {
        this.vertx = vertx;
        this.most = limits.body();
        this.within = limits.bodyWithin();
    }

    /// The whole body of a paused request.
    Future<byte[]> read(HttpServerRequest request) {
        if (announced(request) > most) return Future.failedFuture(tooLarge());
        Promise<byte[]> whole = Promise.promise();
        var body = Buffer.buffer();
        // A client that sends a byte now and then is never idle, so it is the whole body that is timed.
        var timer = vertx.setTimer(
                within.toMillis(),
                fired -> whole.tryFail(new Problems.HttpRefusal(408, "The body of the request took too long")));
        request.handler(part -> {
            if (whole.future().isComplete()) return;
            if (body.length() + part.length() > most) whole.tryFail(tooLarge());
            else body.appendBuffer(part);
        });
        request.exceptionHandler(
                broken -> whole.tryFail(new Problems.HttpRefusal(400, "The request ended in the middle of its body")));
        request.endHandler(end -> whole.tryComplete(body.getBytes()));
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect")))
            request.response().writeContinue();
        request.resume();
        return whole.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    /// Whether what was not read of a refused request is little enough to be read and thrown away.
    static boolean worthDraining(HttpServerRequest request) {
        return request.getHeader("Transfer-Encoding") == null && announced(request) <= (64 << 10);
    }

    private static long announced(HttpServerRequest request) {
        var length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private Problems.HttpRefusal tooLarge() {
        return new Problems.HttpRefusal(413, "The body of the request is larger than %d bytes".formatted(most));
    }
}
