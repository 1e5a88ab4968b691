package sluice.kernels.zmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The command frames we send and understand.
final class Commands {
    static final byte MORE = 1;
    static final byte LONG = 2;
    static final byte COMMAND = 4;

    private static final int MAX_PING_CONTEXT = 16;

    private Commands() {}

    static byte[] ready(ZmtpSocket.Kind kind, byte[] identity) {
        var type = kind.name().getBytes(US_ASCII);
        var body = ByteBuffer.allocate(6 + 12 + 4 + type.length + 9 + 4 + identity.length);
        name(body, "READY");
        name(body, "Socket-Type").putInt(type.length).put(type);
        if (kind == ZmtpSocket.Kind.DEALER)
            name(body, "Identity").putInt(identity.length).put(identity);
        return framed(COMMAND, Arrays.copyOf(body.array(), body.position()));
    }

    /// Subscribes to everything.
    static byte[] subscribe(Greeting peer) {
        if (!peer.subscribesByCommand()) return framed((byte) 0, new byte[] {1});
        var body = ByteBuffer.allocate(10);
        name(body, "SUBSCRIBE");
        return framed(COMMAND, body.array());
    }

    /// The answer to a PING, whose body is `PING, u16 ttl, context`.
    static byte[] pong(byte[] ping) {
        var context = ping.length - 7;
        if (context < 0 || context > MAX_PING_CONTEXT) throw new Malformed("a PING of " + ping.length + " bytes");
        var body = ByteBuffer.allocate(5 + context);
        name(body, "PONG").put(ping, 7, context);
        return framed(COMMAND, body.array());
    }

    static String name(byte[] body) {
        var length = body.length == 0 ? 0 : body[0] & 0xff;
        if (length == 0 || 1 + length > body.length) throw new Malformed("a command without a name");
        return new String(body, 1, length, US_ASCII);
    }

    /// Checks the peer's READY and that our kind of socket may talk to its.
    static void checkReady(byte[] body, ZmtpSocket.Kind ours) {
        var peer = "";
        var rest = ByteBuffer.wrap(body).position(6);
        while (rest.hasRemaining()) {
            var key = text(rest, rest.get() & 0xff);
            var value = text(rest, rest.remaining() < 4 ? -1 : rest.getInt());
            if (key.equalsIgnoreCase("Socket-Type")) peer = value;
        }
        if (!ours.peers.contains(peer))
            throw new Malformed("a " + ours + " socket cannot talk to the peer's " + (peer.isEmpty() ? "?" : peer));
    }

    static String error(byte[] body) {
        var rest = ByteBuffer.wrap(body).position(6);
        return "the peer refused us: " + (rest.hasRemaining() ? text(rest, rest.get() & 0xff) : "no reason given");
    }

    private static String text(ByteBuffer from, int length) {
        if (length < 0 || length > from.remaining()) throw new Malformed("a command that ends too early");
        var text = new byte[length];
        from.get(text);
        return new String(text, US_ASCII);
    }

    private static ByteBuffer name(ByteBuffer to, String name) {
        return to.put((byte) name.length()).put(name.getBytes(US_ASCII));
    }

    private static byte[] framed(byte flags, byte[] body) {
        var frame = new byte[2 + body.length];
        if (body.length > 255) throw new IllegalArgumentException("too long for a command: " + body.length);
        frame[0] = flags;
        frame[1] = (byte) body.length;
        System.arraycopy(body, 0, frame, 2, body.length);
        return frame;
    }
}
