package sluice.kernels.zmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A peer that says what it is told to, byte by byte.
final class FakePeer implements AutoCloseable {
    final UnixDomainSocketAddress address;
    private final ServerSocketChannel server;

    FakePeer(Path path) throws IOException {
        address = UnixDomainSocketAddress.of(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address);
    }

    SocketChannel accept() throws IOException {
        return server.accept();
    }

    /// Accepts and shakes hands as a socket of that type.
    SocketChannel acceptAs(String type, int minor) throws IOException {
        var channel = accept();
        var greeting = Greeting.ours();
        greeting[11] = (byte) minor;
        send(channel, greeting);
        receive(channel, Greeting.LENGTH);
        send(channel, ready(type));
        var head = receive(channel, 2);
        receive(channel, head[1] & 0xff);
        return channel;
    }

    static void send(SocketChannel to, byte... bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) to.write(buffer);
    }

    static byte[] receive(SocketChannel from, int count) throws IOException {
        var buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (from.read(buffer) < 0) throw new IOException("ended after " + buffer.position() + " bytes");
        }
        return buffer.array();
    }

    static byte[] ready(String type) {
        var body = ByteBuffer.allocate(64);
        body.put((byte) 4).put((byte) (6 + 12 + 4 + type.length()));
        body.put((byte) 5).put("READY".getBytes(US_ASCII));
        body.put((byte) 11).put("Socket-Type".getBytes(US_ASCII));
        body.putInt(type.length()).put(type.getBytes(US_ASCII));
        return java.util.Arrays.copyOf(body.array(), body.position());
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(address.getPath());
    }
}
