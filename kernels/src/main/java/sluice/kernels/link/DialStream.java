package sluice.kernels.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A byte stream to an app's socket. Each way has a virtual thread that may wait, so the lane never does.
final class DialStream extends LaneStream {
    private static final int PIECE = 64 << 10;
    private static final byte[] END = new byte[0];

    private final Lane lane;
    private final Semaphore credit;
    private final LinkedBlockingQueue<byte[]> inbound = new LinkedBlockingQueue<>();
    private volatile @Nullable SocketChannel socket;
    private volatile boolean over;

    DialStream(int id, Lane lane, long window) {
        super(id);
        this.lane = lane;
        this.credit = new Semaphore((int) Math.min(window, Integer.MAX_VALUE));
    }

    void opened(SocketChannel connected) {
        socket = connected;
        if (over) closeSocket();
        Thread.ofVirtual().name("dial-out-" + id).start(() -> fromApp(connected));
        Thread.ofVirtual().name("dial-in-" + id).start(() -> toApp(connected));
    }

    private void fromApp(SocketChannel app) {
        var buffer = ByteBuffer.allocate(PIECE);
        try {
            while (!over) {
                credit.acquire();
                int allowed = 1 + drainUpTo(PIECE - 1);
                buffer.clear().limit(allowed);
                int got = app.read(buffer);
                if (got < 0) break;
                credit.release(allowed - got);
                buffer.flip();
                lane.sendData(id, buffer);
            }
            lane.sendClose(this, new Orders.Closed("end", "the app closed the connection"));
        } catch (IOException e) {
            lane.sendClose(this, new Orders.Closed("broken", String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int drainUpTo(int most) {
        int available = Math.min(most, credit.availablePermits());
        return available > 0 && credit.tryAcquire(available) ? available : 0;
    }

    private void toApp(SocketChannel app) {
        try {
            for (var piece = inbound.take(); piece != END; piece = inbound.take()) {
                var bytes = ByteBuffer.wrap(piece);
                while (bytes.hasRemaining()) app.write(bytes);
                lane.sendCredit(id, piece.length);
            }
        } catch (IOException e) {
            lane.sendClose(this, new Orders.Closed("broken", String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeSocket();
        }
    }

    @Override
    Turn fill(ByteBuffer out) {
        return Turn.DONE;
    }

    @Override
    void data(ByteBuffer in) {
        in.get();
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        if (bytes.length > 0) inbound.add(bytes);
    }

    @Override
    void credit(long bytes, ByteBuffer in) {
        credit.release((int) bytes);
    }

    @Override
    void closed() {
        over = true;
        inbound.add(END);
        credit.release(1);
    }

    private void closeSocket() {
        var open = socket;
        try {
            if (open != null) open.close();
        } catch (IOException ignored) {
            // Nothing is left to be said to a socket that cannot even be closed.
        }
    }
}
