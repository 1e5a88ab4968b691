package sluice.migrations.embedded;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A MariaDB server speaks first, as soon as it serves; its socket is there earlier.
final class Greeting {
    private static final int PATIENCE_MILLIS = 5000;

    private Greeting() {}

    static boolean heardAt(Path socket) throws InterruptedException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.configureBlocking(false);
            var first = ByteBuffer.allocate(1);
            for (int waited = 0; waited < PATIENCE_MILLIS; waited += 5) {
                var read = channel.read(first);
                if (read != 0) return read > 0;
                Thread.sleep(5);
            }
            return false;
        } catch (IOException nobodyListens) {
            return false;
        }
    }
}
