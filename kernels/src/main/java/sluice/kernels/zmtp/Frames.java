package sluice.kernels.zmtp;

import java.util.Arrays;

/// The parts of one ZeroMQ message, each a slice of some array. Parts of a message that was read are valid only
/// while the listener runs: small ones lie in the loop's read buffer.
public final class Frames {
    private byte[][] arrays = new byte[12][];
    private int[] spans = new int[24];
    private int count;
    private long bytes;
    private int owned;

    public int count() {
        return count;
    }

    public byte[] array(int part) {
        return arrays[part];
    }

    public int offset(int part) {
        return spans[2 * part];
    }

    public int length(int part) {
        return spans[2 * part + 1];
    }

    /// Of all parts.
    public long bytes() {
        return bytes;
    }

    public byte[] copy(int part) {
        return Arrays.copyOfRange(arrays[part], offset(part), offset(part) + length(part));
    }

    public boolean is(int part, byte[] expected) {
        var from = offset(part);
        return Arrays.equals(arrays[part], from, from + length(part), expected, 0, expected.length);
    }

    public Frames add(byte[] array) {
        return add(array, 0, array.length);
    }

    public Frames add(byte[] array, int offset, int length) {
        if (count == arrays.length) {
            arrays = Arrays.copyOf(arrays, 2 * count);
            spans = Arrays.copyOf(spans, 4 * count);
        }
        arrays[count] = array;
        spans[2 * count] = offset;
        spans[2 * count + 1] = length;
        count++;
        bytes += length;
        return this;
    }

    /// Moves every slice of the read buffer into arrays of its own, before the buffer is used again.
    void keep(byte[] readBuffer) {
        for (; owned < count; owned++) {
            if (arrays[owned] != readBuffer) continue;
            arrays[owned] = copy(owned);
            spans[2 * owned] = 0;
        }
    }

    void clear() {
        Arrays.fill(arrays, 0, count, null);
        count = 0;
        owned = 0;
        bytes = 0;
    }
}
