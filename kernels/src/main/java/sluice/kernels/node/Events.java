package sluice.kernels.node;

import java.util.function.Consumer;
import sluice.kernels.link.Orders.Event;

/// Passes news on to whoever listens now. News that nobody hears is not kept: who comes later asks what there is.
final class Events {
    private volatile Consumer<Event> listener = _ -> {};

    void listen(Consumer<Event> listener) {
        this.listener = listener;
    }

    void tell(Event event) {
        listener.accept(event);
    }
}
