package sluice.kernels.zmtp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Remembers what a socket told.
final class Ears implements ZmtpSocket.Listener {
    final BlockingQueue<List<byte[]>> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> ready = new LinkedBlockingQueue<>();

    @Override
    public void ready() {
        ready.add(true);
    }

    @Override
    public void message(Frames parts) {
        var copy = new ArrayList<byte[]>();
        for (int i = 0; i < parts.count(); i++) copy.add(parts.copy(i));
        messages.add(copy);
    }

    @Override
    public void turned() {}

    @Override
    public void closed(String reason) {
        ends.add(reason);
    }

    static <T> T next(BlockingQueue<T> queue) throws Exception {
        var next = queue.poll(20, TimeUnit.SECONDS);
        if (next == null) throw new TimeoutException("nothing came");
        return next;
    }
}
