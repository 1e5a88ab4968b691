package sluice.bench.link;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import sluice.kernels.link.NodeDesk;

/// Moves a channel's messages into a stream for as long as the stream takes more. One thread at a time; who comes
/// meanwhile leaves the work to the one who is there.
record Pump(AtomicInteger work, BooleanSupplier ready, Consumer<byte[]> out, Runnable flush) {
    Pump(BooleanSupplier ready, Consumer<byte[]> out, Runnable flush) {
        this(new AtomicInteger(), ready, out, flush);
    }

    void run(NodeDesk.Channel channel) {
        if (work.getAndIncrement() != 0) return;
        int done = 1;
        do {
            while (ready.getAsBoolean()) {
                var message = channel.poll();
                if (message == null) break;
                out.accept(message.v1());
            }
            flush.run();
            done = work.addAndGet(-done);
        } while (done != 0);
    }
}
