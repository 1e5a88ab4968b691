package sluice.migrations;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A unix socket in the shape of a [Socket], as far as the MariaDB driver uses one. Reads time out: a watch closes the
/// socket of a read that took too long, since a unix [SocketChannel] knows no timeouts and a driver gives a timed-out
/// connection up anyway.
final class UnixSocket extends Socket {
    private final UnixDomainSocketAddress address;
    private @Nullable SocketChannel channel;
    private volatile int timeoutMillis;
    private volatile long readingSince;
    private volatile boolean timedOut;

    UnixSocket(UnixDomainSocketAddress address) {
        this.address = address;
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
        try {
            channel = SocketChannel.open(address);
        } catch (IOException e) {
            throw new SocketException("%s: %s".formatted(address, e.getMessage()), e);
        }
        Watch.SOCKETS.add(this);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(Channels.newInputStream(channel())) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                readingSince = System.nanoTime() | 1;
                try {
                    return super.read(bytes, from, length);
                } catch (IOException e) {
                    if (timedOut) throw new SocketTimeoutException("no answer within " + timeoutMillis + " ms");
                    throw e;
                } finally {
                    readingSince = 0;
                }
            }

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return Channels.newOutputStream(channel());
    }

    @Override
    public void close() throws IOException {
        Watch.SOCKETS.remove(this);
        if (channel != null) channel.close();
    }

    @Override
    public boolean isConnected() {
        return channel != null && channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return channel != null && !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return null;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoLinger(boolean on, int seconds) {}

    private SocketChannel channel() throws IOException {
        if (channel == null) throw new SocketException("not connected to " + address);
        return channel;
    }

    private void giveUpWhenLate(long now) throws IOException {
        var since = readingSince;
        if (since == 0 || timeoutMillis == 0 || now - since < timeoutMillis * 1_000_000L) return;
        timedOut = true;
        close();
    }

    /// One thread that looks at every open socket a few times a second.
    private static final class Watch {
        static final Set<UnixSocket> SOCKETS = ConcurrentHashMap.newKeySet();

        static {
            Thread.ofPlatform().daemon().name("database-socket-watch").start(Watch::look);
        }

        private static void look() {
            while (true) {
                try {
                    Thread.sleep(200);
                    var now = System.nanoTime();
                    for (var socket : SOCKETS) socket.giveUpWhenLate(now);
                } catch (IOException closing) {
                    // It is closed as far as it can be.
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }
}
