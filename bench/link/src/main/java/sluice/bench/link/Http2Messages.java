package sluice.bench.link;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Finds messages, each `u32 length` and its bytes, in a body that comes in pieces of any size.
abstract class Http2Messages implements Handler<Buffer> {
    private int length;
    private int lengthBytes;
    private int got;

    @Override
    public final void handle(Buffer piece) {
        int at = 0;
        while (at < piece.length()) {
            if (lengthBytes < 4) {
                length = length << 8 | piece.getUnsignedByte(at++);
                if (++lengthBytes == 4) begin(length);
                continue;
            }
            int fits = Math.min(length - got, piece.length() - at);
            part(piece, at, got, fits);
            got += fits;
            at += fits;
            if (got == length) {
                int whole = length;
                length = lengthBytes = got = 0;
                end(whole);
            }
        }
    }

    abstract void begin(int length);

    abstract void part(Buffer piece, int from, int to, int bytes);

    abstract void end(int length);

    /// Tells only how long they are: nothing is copied.
    static final class Lengths extends Http2Messages {
        private final IntConsumer reader;

        Lengths(IntConsumer reader) {
            this.reader = reader;
        }

        @Override
        void begin(int length) {}

        @Override
        void part(Buffer piece, int from, int to, int bytes) {}

        @Override
        void end(int length) {
            reader.accept(length);
        }
    }

    /// Gives them whole.
    static final class Whole extends Http2Messages {
        private final Consumer<byte[]> reader;
        private byte[] message = new byte[0];

        Whole(Consumer<byte[]> reader) {
            this.reader = reader;
        }

        @Override
        void begin(int length) {
            message = new byte[length];
        }

        @Override
        void part(Buffer piece, int from, int to, int bytes) {
            piece.getBytes(from, from + bytes, message, to);
        }

        @Override
        void end(int length) {
            reader.accept(message);
        }
    }
}
