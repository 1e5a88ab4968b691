package sluice.gateway.sessions;

import java.time.Instant;
import sluice.kernels.link.Orders.KernelModel;

/// A kernel that was asked for and does not run yet: it waits for its turn, or is just being started, or could not be.
/// @param name as its client knows it, flavour included
/// @param reason in a sentence, why it is where it is
public record WaitingKernel(String id, String owner, String name, Instant since, Phase phase, String reason) {
    public enum Phase {
        WAITING,
        STARTING,
        /// Its client is told why, and then it is forgotten.
        FAILED
    }

    WaitingKernel in(Phase other, String otherReason) {
        return new WaitingKernel(id, owner, name, since, other, otherReason);
    }

    /// As Jupyter's clients see it.
    KernelModel model() {
        var at = JupyterTime.of(since);
        return new KernelModel(
                id, name, owner, at, phase == Phase.FAILED ? "dead" : "starting", 0, reason, 0, "", at, null, 0);
    }
}
