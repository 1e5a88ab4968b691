package sluice.kernels.link;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's end of the connection to its gateway: lanes that are dialled, kept and dialled again for as long as the
/// node lives. A gateway that is away costs nothing but its absence.
public final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long FIRST_PAUSE = 10_000_000;
    private static final long LONGEST_PAUSE = 500_000_000;

    private final LinkConfig config;
    private final NodeDesk desk;
    private final List<Thread> dialers = new CopyOnWriteArrayList<>();
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private Link(LinkConfig config, NodeDesk desk) {
        this.config = config;
        this.desk = desk;
    }

    /// Starts dialling; returns at once.
    public static Link open(LinkConfig config, NodeDesk desk) {
        var link = new Link(config, desk);
        link.ensureLanes(1);
        return link;
    }

    /// Tells the gateway something it did not ask for. Where none is connected it is forgotten: a gateway asks for the
    /// whole state when it comes.
    public void tell(Orders.Event event) {
        for (var lane : lanes) if (lane.number() == 0) lane.sendJson(FrameType.EVENT, 0, event);
    }

    @Override
    public void close() {
        closed = true;
        for (var lane : lanes) lane.close();
        for (var dialer : dialers) dialer.interrupt();
    }

    private synchronized void ensureLanes(int count) {
        for (int lane = dialers.size(); lane < count; lane++) {
            int number = lane;
            dialers.add(Thread.ofPlatform().name("link-" + number).daemon().start(() -> keep(number)));
        }
    }

    private void keep(int number) {
        long pause = FIRST_PAUSE;
        while (!closed) {
            var started = System.nanoTime();
            try (var channel = dial(number)) {
                var lane = new Lane(number, channel, config, desk, this::ensureLanes);
                lanes.add(lane);
                try {
                    lane.run();
                } finally {
                    lanes.remove(lane);
                    lane.end();
                }
                if (!closed) LOG.info("lane {} to the gateway ended", number);
            } catch (IOException e) {
                LOG.debug("lane {}: {}", number, e.toString());
            } catch (RuntimeException e) {
                LOG.warn("lane {} failed", number, e);
            }
            if (System.nanoTime() - started > LONGEST_PAUSE) pause = FIRST_PAUSE;
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
    }

    private SocketChannel dial(int lane) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(config.socket(lane)));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
