package sluice.kernels.line;

import java.util.Arrays;
import sluice.kernels.wire.V1;

/// Messages that were dropped one after another before someone had them.
final class Gap {
    private static final byte[] NOBODY = {'{', '}'};

    long first;
    long count;
    long bytes;
    byte[] parent = NOBODY;
    private String parentId = "";

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
        return "[sluice] " + count + " messages (" + size(bytes) + ") of output were dropped: this client was too slow"
                + " or too long away for what the kernel sent\n";
    }

    private static String size(long bytes) {
        if (bytes < 10_000) return bytes + " bytes";
        return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
    }
}
