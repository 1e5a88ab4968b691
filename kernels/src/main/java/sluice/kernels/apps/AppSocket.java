package sluice.kernels.apps;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/// An app's unix socket, in a folder that the app's owner may change as they like.
final class AppSocket {
    private AppSocket() {}

    /// Connects, but only to a program of that user: the socket may be a link to somebody else's.
    static SocketChannel connect(Path socket, UserPrincipal owner) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            if (!peer.equals(owner))
                throw new IOException("%s answers as %s, which is not its owner".formatted(socket, peer.getName()));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Whether an HTTP server answers there.
    static boolean answers(Path socket, UserPrincipal owner, String path) {
        try (var channel = connect(socket, owner)) {
            channel.write(ByteBuffer.wrap("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .formatted(path)
                    .getBytes(US_ASCII)));
            var status = new String(Channels.newInputStream(channel).readNBytes(12), US_ASCII);
            return status.endsWith(" 200");
        } catch (IOException notYet) {
            return false;
        }
    }
}
