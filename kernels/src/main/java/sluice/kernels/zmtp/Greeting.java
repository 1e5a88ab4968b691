package sluice.kernels.zmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// The 64 bytes each side sends first: signature, version, mechanism.
record Greeting(int major, int minor) {
    static final int LENGTH = 64;
    private static final int MECHANISM = 12;
    private static final byte[] NULL = "NULL".getBytes(US_ASCII);

    /// What we say: ZMTP 3.1, NULL mechanism, not a server.
    static byte[] ours() {
        var greeting = new byte[LENGTH];
        greeting[0] = (byte) 0xff;
        greeting[8] = 1; // what libzmq sends here, for peers that take it for an old length
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[11] = 1;
        System.arraycopy(NULL, 0, greeting, MECHANISM, NULL.length);
        return greeting;
    }

    static Greeting read(byte[] bytes) {
        if (bytes[0] != (byte) 0xff || (bytes[9] & 1) == 0) throw new Malformed("what answers is not ZeroMQ");
        if (bytes[10] < 3) throw new Malformed("the peer speaks ZMTP " + bytes[10] + ", ZeroMQ 4 or later is needed");
        for (int i = 0; i < 20; i++) {
            if (bytes[MECHANISM + i] != (i < NULL.length ? NULL[i] : 0))
                throw new Malformed("the peer demands the security mechanism "
                        + new String(bytes, MECHANISM, 20, US_ASCII).trim() + ", only NULL is spoken here");
        }
        return new Greeting(bytes[10], bytes[11]);
    }

    /// From 3.1 on a subscription is a command, before it was a message.
    boolean subscribesByCommand() {
        return major > 3 || minor >= 1;
    }
}
