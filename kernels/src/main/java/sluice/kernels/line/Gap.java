package sluice.kernels.line;

import java.util.Arrays;
import sluice.kernels.wire.V1;

/// Messages that were dropped one after another before someone had them, or may have been lost with a connection.
final class Gap {
    private static final byte[] NOBODY = {'{', '}'};

    long first;
    long count;
    long bytes;
    byte[] parent = NOBODY;
    private String parentId = "";

    /// Nobody knows how many they were, or whether they arrived.
    static Gap onTheWay(long first) {
        var gap = new Gap();
        gap.first = first;
        return gap;
    }

    void add(Entry entry) {
        if (count == 0) first = entry.seq;
        count += entry.pieces();
        bytes += entry.v1.length;
        if (entry.parentId.equals(parentId)) return;
        parentId = entry.parentId;
        var message = V1.read(entry.v1);
        parent = Arrays.copyOfRange(entry.v1, message.start(V1.PARENT), message.end(V1.PARENT));
    }

    Gap copy() {
        var copy = new Gap();
        copy.first = first;
        copy.count = count;
        copy.bytes = bytes;
        copy.parent = parent;
        copy.parentId = parentId;
        return copy;
    }

    String words() {
        if (count == 0)
            return "[sluice] some output may be missing here: it was on its way when this client's connection died\n";
        return "[sluice] " + count + " messages (" + size(bytes) + ") of output were dropped: this client was too slow"
                + " or too long away for what the kernel sent\n";
    }

    private static String size(long bytes) {
        if (bytes < 10_000) return bytes + " bytes";
        return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
    }
}
