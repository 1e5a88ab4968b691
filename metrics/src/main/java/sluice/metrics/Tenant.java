package sluice.metrics;

import java.nio.file.Path;
import java.util.List;

/// Who uses a part of this node: one session or one task of a job. The words become labels, `""` where there is
/// none.
///
/// @param session its id, `s-7f3a`
/// @param account the team that pays
/// @param cgroups its folder in each hierarchy of control groups; empty where it has none
public record Tenant(String session, String user, String account, String queue, List<Path> cgroups) {
    public Tenant {
        cgroups = List.copyOf(cgroups);
    }

    /// Holds a card without being one of ours: its memory is missing in every reckoning, so it must be seen.
    static final Tenant UNMANAGED = new Tenant("unmanaged", "", "", "", List.of());

    static Tenant unknown(String session) {
        return new Tenant(session, "", "", "", List.of());
    }
}
