package sluice.gateway.people;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rules, all on this page. Everything not allowed here is refused.
public final class Permissions {
    private Permissions() {}

    /// Lets the principal through or says why not.
    /// @param principal null when nobody signed in
    /// @param namedUser the user in the path, for [Right#NAMED_USER]
    public static void require(Right right, @Nullable Principal principal, @Nullable String namedUser) {
        if (right == Right.ANYONE) return;
        if (principal == null) throw Refused.notSignedIn("Sign in first: this needs a token");
        switch (right) {
            case ANYONE, SIGNED_IN -> {}
            case NAMED_USER -> {
                // An administrator looks at kernels through the API; somebody's JupyterLab is theirs alone.
                if (!principal.name().equals(namedUser))
                    throw Refused.forbidden(
                            "This address belongs to another user; yours is /user/%s/lab".formatted(principal.name()));
            }
            case ADMIN -> {
                if (!principal.isAdmin()) throw Refused.forbidden("Only an administrator of the pool may do this");
            }
        }
    }

    /// Whether the principal may see and touch what `owner` owns.
    public static boolean mayTouch(Principal principal, String owner) {
        return principal.isAdmin() || principal.name().equals(owner);
    }

    /// @param role the principal's own role in the team
    public static boolean maySeeTeam(Principal principal, Optional<TeamRole> role) {
        return principal.isAdmin() || role.isPresent();
    }

    /// Whether the principal may see the quota of somebody in a team: their own, or their people's.
    public static boolean maySeeQuotaOf(Principal principal, Optional<TeamRole> role, String user) {
        return role.isPresent() && principal.name().equals(user) || mayManageTeam(principal, role);
    }

    public static boolean mayManageTeam(Principal principal, Optional<TeamRole> role) {
        return principal.isAdmin() || role.filter(TeamRole.MANAGER::equals).isPresent();
    }
}
