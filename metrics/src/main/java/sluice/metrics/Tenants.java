package sluice.metrics;

import java.util.List;

/// Knows who is on this node. Asked by the sampler's threads every few seconds; must not wait.
public interface Tenants {
    Tenants NOBODY = List::of;

    List<Tenant> now();
}
