package sluice.kernels.link;

/// The kinds of frame on a link. A frame is `u32 length, u8 type, u32 stream, payload`, big-endian; `length` counts
/// what follows it. Streams are numbered by the gateway, which opens every one of them.
public enum FrameType {
    /// node → gateway, first frame of a lane. JSON [Hello].
    HELLO(1),
    /// gateway → node, the answer. JSON [Welcome].
    WELCOME(2),
    /// gateway → node: do something. `u8 length, op, JSON arguments`; the stream number is the call's.
    CALL(3),
    /// node → gateway: it is done. JSON result.
    ANSWER(4),
    /// node → gateway: it could not be done. JSON [Problem].
    FAILED(5),
    /// gateway → node: open a stream. JSON [OpenKernel] or [OpenDial].
    OPEN(6),
    /// node → gateway: the stream is open. JSON, `{}` or what its kind says.
    OPENED(7),
    /// Either way: bytes of a stream. `u8 flags` (1 = last fragment of a message), payload. From the node `u64 seq`
    /// follows the flags: the message's number on kernel streams, else 0. A message there is a v1 body.
    DATA(8),
    /// Either way: `u64 bytes` more may be sent. On kernel streams the gateway adds `u64 taken`, up to which the
    /// client's socket took everything, and `u64 confirmed`, up to which the client said that it has it.
    CREDIT(9),
    /// Either way: the stream is over. JSON [Closed].
    CLOSE(10),
    /// node → gateway, unasked: something happened. JSON [Event].
    EVENT(11);

    /// Bytes before the payload: length, type, stream.
    public static final int HEAD = 4 + 1 + 4;

    /// Largest frame either side accepts, head included. Larger messages travel in fragments.
    public static final int MAX = 1 << 20;

    /// A data fragment's payload at most, so that streams take turns on the link.
    public static final int FRAGMENT = 128 << 10;

    public static final byte LAST = 1;

    private static final FrameType[] BY_CODE = new FrameType[16];

    static {
        for (var type : values()) BY_CODE[type.code] = type;
    }

    public final byte code;

    FrameType(int code) {
        this.code = (byte) code;
    }

    /// The type with that code.
    /// @throws IllegalArgumentException when there is none
    public static FrameType of(int code) {
        var type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (type == null) throw new IllegalArgumentException("no frame type " + code);
        return type;
    }
}
