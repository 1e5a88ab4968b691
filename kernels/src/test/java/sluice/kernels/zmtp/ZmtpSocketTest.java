package sluice.kernels.zmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZmtpSocketTest {
    private static final ZmtpLimits SMALL = new ZmtpLimits(1 << 20, 8, 64 << 10, 1 << 20);

    @TempDir
    Path folder;

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");
    private final Ears ears = new Ears();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aSubscriptionTakesTheFormOfThePeersVersion() throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.SUB);
            try (var modern = peer.acceptAs("XPUB", 1)) {
                assertThat(FakePeer.receive(modern, 12)).isEqualTo("\4\12\11SUBSCRIBE".getBytes(US_ASCII));
            }
            connect(peer, ZmtpSocket.Kind.SUB);
            try (var older = peer.acceptAs("PUB", 0)) {
                assertThat(FakePeer.receive(older, 3)).containsExactly(0, 1, 1);
            }
        }
    }

    @Test
    void aPingIsAnswered() throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.DEALER);
            try (var channel = peer.acceptAs("ROUTER", 1)) {
                FakePeer.send(channel, "\4\11\4PING\0\12ab".getBytes(US_ASCII));
                assertThat(FakePeer.receive(channel, 9)).isEqualTo("\4\7\4PONGab".getBytes(US_ASCII));
            }
            assertThat(Ears.next(ears.ends)).contains("closed");
        }
    }

    @Test
    void itWaitsForAPeerThatBindsLater() throws Exception {
        var path = folder.resolve("later");
        var socket = loop.connect(
                ZmtpSocket.Kind.DEALER,
                "me".getBytes(US_ASCII),
                java.net.UnixDomainSocketAddress.of(path),
                Duration.ofSeconds(20),
                SMALL,
                ears);
        socket.send(new Frames().add("early".getBytes(UTF_8)));
        try (var peer = new FakePeer(path);
                var channel = peer.acceptAs("ROUTER", 1)) {
            assertThat(FakePeer.receive(channel, 7)).isEqualTo("\0\5early".getBytes(US_ASCII));
        }
    }

    @Test
    void messagesCutAnywhereArriveWhole() throws Exception {
        var random = new Random(5);
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.DEALER);
            try (var channel = peer.acceptAs("ROUTER", 1)) {
                for (int round = 0; round < 200; round++) {
                    var parts = new byte[1 + random.nextInt(7)][];
                    var wire = ByteBuffer.allocate(1 << 20);
                    for (int i = 0; i < parts.length; i++) {
                        parts[i] = new byte[random.nextInt(round % 10 == 0 ? 100_000 : 400)];
                        random.nextBytes(parts[i]);
                        frame(wire, i < parts.length - 1 ? 1 : 0, parts[i]);
                    }
                    var bytes = java.util.Arrays.copyOf(wire.array(), wire.position());
                    for (int at = 0; at < bytes.length; ) {
                        int piece = Math.min(bytes.length - at, 1 + random.nextInt(bytes.length));
                        FakePeer.send(channel, java.util.Arrays.copyOfRange(bytes, at, at + piece));
                        at += piece;
                    }
                    assertThat(Ears.next(ears.messages)).containsExactly(parts);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "08 00, reserved flags",
        "05 00, several parts",
        "02 00 00 00 00 40 00 00 00, more than",
        "02 ff ff ff ff ff ff ff ff, more than",
        "06 00 00 00 00 00 10 00 00, a command of",
        "04 00, without a name",
        "04 03 09 41 42, without a name",
        "04 06 05 52 45 41 44 59, wrong time",
        "01 00 01 00 01 00 01 00 01 00 01 00 01 00 01 00 01 00 01 00, parts",
        "01 00 04 02 01 41, between the parts",
        "04 06 04 50 49 4e 47 00, PING",
        "04 08 05 45 52 52 4f 52 01 58, refused us: X",
    })
    void aPeerThatBreaksTheRulesIsCutOffWithAReason(String hex, String reason) throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.DEALER);
            try (var channel = peer.acceptAs("ROUTER", 1)) {
                FakePeer.send(channel, java.util.HexFormat.ofDelimiter(" ").parseHex(hex));
                assertThat(Ears.next(ears.ends)).contains(reason);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request", "\1\0"})
    void somethingElseThanZeroMqIsNamed(String greeting) throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.DEALER);
            try (var channel = peer.accept()) {
                FakePeer.send(channel, java.util.Arrays.copyOf(greeting.getBytes(US_ASCII), 64));
                assertThat(Ears.next(ears.ends)).contains("not ZeroMQ");
            }
        }
    }

    @Test
    void aSocketOfTheWrongTypeIsNamed() throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            connect(peer, ZmtpSocket.Kind.SUB);
            var channel = peer.accept();
            FakePeer.send(channel, Greeting.ours());
            FakePeer.send(channel, FakePeer.ready("ROUTER"));
            assertThat(Ears.next(ears.ends)).contains("SUB socket cannot talk to the peer's ROUTER");
            channel.close();
        }
    }

    @Test
    void noiseEndsItsSocketAndNeverTheLoop() throws Exception {
        var random = new Random(11);
        try (var peer = new FakePeer(folder.resolve("good"))) {
            connect(peer, ZmtpSocket.Kind.DEALER);
            try (var good = peer.acceptAs("ROUTER", 1)) {
                for (int i = 0; i < 150; i++) noise(random, i);
                FakePeer.send(good, "\0\5alive".getBytes(US_ASCII));
                assertThat(Ears.next(ears.messages)).containsExactly("alive".getBytes(US_ASCII));
            }
        }
    }

    private void noise(Random random, int round) throws Exception {
        var other = new Ears();
        var noise = new byte[64 + random.nextInt(5000)];
        random.nextBytes(noise);
        if (round % 5 == 0) noise[0] = 0; // at least a plausible frame
        try (var peer = new FakePeer(folder.resolve("bad" + round))) {
            loop.connect(ZmtpSocket.Kind.DEALER, new byte[0], peer.address, Duration.ofMillis(300), SMALL, other);
            try (var channel = round % 3 == 0 ? peer.accept() : peer.acceptAs("ROUTER", round % 2)) {
                FakePeer.send(channel, noise);
            } catch (java.io.IOException cutOffAlready) {
                assertThat(cutOffAlready).hasMessageContaining("Broken pipe");
            }
        }
        assertThat(Ears.next(other.ends)).isNotEmpty();
    }

    @Test
    void aPausedSocketLeavesThePeerItsMessages() throws Exception {
        try (var peer = new FakePeer(folder.resolve("s"))) {
            var socket = connect(peer, ZmtpSocket.Kind.DEALER);
            try (var channel = peer.acceptAs("ROUTER", 1)) {
                Ears.next(ears.ready);
                socket.pause();
                channel.configureBlocking(false);
                var much = ByteBuffer.allocate(16 << 20);
                while (much.remaining() > 5000) frame(much, 0, new byte[4096]);
                much.flip();
                fill(channel, much);
                assertThat(much.hasRemaining()).isTrue();
                assertThat(ears.messages).isEmpty();
                socket.resume();
                assertThat(Ears.next(ears.messages).getFirst()).hasSize(4096);
            }
        }
    }

    private static void fill(SocketChannel channel, ByteBuffer much) throws Exception {
        while (much.hasRemaining()) if (channel.write(much) == 0) return;
    }

    private ZmtpSocket connect(FakePeer peer, ZmtpSocket.Kind kind) {
        return loop.connect(kind, "me".getBytes(US_ASCII), peer.address, Duration.ofSeconds(20), SMALL, ears);
    }

    private static void frame(ByteBuffer wire, int more, byte[] body) {
        if (body.length > 255) wire.put((byte) (more | 2)).putLong(body.length);
        else wire.put((byte) more).put((byte) body.length);
        wire.put(body);
    }
}
