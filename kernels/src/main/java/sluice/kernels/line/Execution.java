package sluice.kernels.line;

/// An execute_request that is still of interest: its owner has not taken both its reply and its idle.
final class Execution {
    final String msgId;
    final String owner;

    /// The request's header, the parent of whatever we say about it.
    final byte[] header;

    /// The first message that can belong to it.
    final long start;

    long reply;
    long idle;
    boolean open = true;

    /// What of it was dropped, for clients that come later.
    final Gap gap = new Gap();

    Execution(String msgId, String owner, byte[] header, long start) {
        this.msgId = msgId;
        this.owner = owner;
        this.header = header;
        this.start = start;
    }

    boolean finished() {
        return reply != 0 && idle != 0;
    }

    long end() {
        return Math.max(reply, idle);
    }
}
