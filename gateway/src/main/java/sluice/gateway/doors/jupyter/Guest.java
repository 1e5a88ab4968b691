package sluice.gateway.doors.jupyter;

import java.util.List;

/// A client in a waiting room. Takes calls from any thread.
interface Guest {
    /// The client's `session_id`.
    String session();

    /// Tells the client something that no kernel has said.
    void hear(byte[] v1);

    /// The kernel runs: the client goes on with it.
    /// @param said what the client has said in the meantime, which goes there first
    void goOn(List<byte[]> said);

    /// Closes the client's websocket.
    void leave(int code, String reason);
}
