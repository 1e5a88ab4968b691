package sluice.gateway.sessions;

import sluice.scheduling.Gpus;
import sluice.scheduling.Needs;

/// What goes with a kernel besides its environment.
/// @param name as it stands behind a kernelspec's: `gpu` in `python3.gpu`
/// @param title as launchers show it; empty for none
public record Flavour(String name, String title, Needs needs) {
    boolean wantsCards() {
        return !(needs.gpus() instanceof Gpus.None);
    }
}
