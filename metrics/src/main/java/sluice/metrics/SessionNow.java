package sluice.metrics;

import sluice.metrics.host.SessionUsage;

/// A tenant and what it uses of the node.
public record SessionNow(Tenant tenant, SessionUsage usage) {}
