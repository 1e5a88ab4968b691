package sluice.bench.link;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/// Messages that are there at the same time share one write, for each write is a frame and a system call.
final class Http2Batch {
    private static final int ENOUGH = 64 << 10;

    private final WriteStream<Buffer> out;
    private @Nullable Buffer batch;

    Http2Batch(WriteStream<Buffer> out) {
        this.out = out;
    }

    void add(byte[] message) {
        if (batch == null) batch = Buffer.buffer(4 + message.length);
        batch.appendInt(message.length).appendBytes(message);
        if (batch.length() >= ENOUGH) flush();
    }

    void flush() {
        if (batch == null) return;
        out.write(batch);
        batch = null;
    }
}
