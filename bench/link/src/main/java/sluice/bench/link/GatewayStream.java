package sluice.bench.link;

/// The gateway's end of a stream, on one event loop. What arrives is measured and let go, as a gateway hands it on to
/// a websocket without looking at it.
abstract class GatewayStream {
    private Reader reader = length -> {};
    private boolean over;

    /// Hears of whole messages, on the event loop.
    interface Reader {
        void message(int length);
    }

    final void reader(Reader next) {
        reader = next;
    }

    final void arrived(int length) {
        reader.message(length);
    }

    /// From here on the end of the stream is no news.
    final void over() {
        over = true;
    }

    final void broken(Object why) {
        if (!over) System.err.println("a stream broke: " + why);
    }

    abstract void send(byte[] message);

    /// Whether this end takes what arrives; while it does not, the node may send one window and no more.
    abstract void taking(boolean takes);
}
