package sluice.kernels.wire;

/// Looks for halves of UTF-16 surrogate pairs in JSON, written as escapes or as bytes. JSON's grammar allows them
/// (RFC 8259 §8.2), UTF-8 does not (RFC 3629 §3).
final class SurrogatePairs {
    private SurrogatePairs() {}

    /// @throws BadMessage when one half stands alone
    static void check(byte[] json, int from, int to) {
        for (int at = from; at < to; at++) {
            if (json[at] == (byte) 0xED && at + 1 < to && (json[at + 1] & 0xff) >= 0xA0) throw half();
            if (json[at] != '\\') continue;
            int unit = escaped(json, at, to);
            if (unit < 0) {
                at++;
            } else if (Character.isHighSurrogate((char) unit)) {
                int low = escaped(json, at + 6, to);
                if (low < 0 || !Character.isLowSurrogate((char) low)) throw half();
                at += 11;
            } else if (Character.isLowSurrogate((char) unit)) {
                throw half();
            } else {
                at += 5;
            }
        }
    }

    /// @return the UTF-16 unit of an escape of the form `\\uXXXX` that begins here, or -1
    private static int escaped(byte[] json, int at, int to) {
        if (at + 6 > to || json[at] != '\\' || json[at + 1] != 'u') return -1;
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) return -1;
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static BadMessage half() {
        return new BadMessage("half a surrogate pair, which has no UTF-8");
    }
}
