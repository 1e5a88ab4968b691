package sluice.gateway.doors.http;

import static sluice.gateway.doors.http.Route.delete;
import static sluice.gateway.doors.http.Route.get;
import static sluice.gateway.doors.http.Route.patch;
import static sluice.gateway.doors.http.Route.post;
import static sluice.gateway.doors.http.Route.put;
import static sluice.gateway.doors.http.Route.socket;
import static sluice.gateway.doors.http.Shape.JUPYTER;
import static sluice.gateway.doors.http.Shape.PAGE;
import static sluice.gateway.doors.http.Shape.PROBLEM;
import static sluice.gateway.people.Right.ADMIN;
import static sluice.gateway.people.Right.ANYONE;
import static sluice.gateway.people.Right.NAMED_USER;
import static sluice.gateway.people.Right.SIGNED_IN;

import java.util.List;
import java.util.stream.Stream;
import sluice.gateway.doors.api.GpuRoutes;
import sluice.gateway.doors.api.HealthRoutes;
import sluice.gateway.doors.api.LeaseRoutes;
import sluice.gateway.doors.api.MeRoutes;
import sluice.gateway.doors.api.MyQuota;
import sluice.gateway.doors.api.PoolRoutes;
import sluice.gateway.doors.api.QuotaRoutes;
import sluice.gateway.doors.api.TeamRoutes;
import sluice.gateway.doors.api.TokenRoutes;
import sluice.gateway.doors.api.UserRoutes;
import sluice.gateway.doors.api.WebPages;
import sluice.gateway.doors.jupyter.KernelRoutes;
import sluice.gateway.doors.jupyter.NotebookSessionRoutes;
import sluice.gateway.doors.jupyter.ServerRoutes;
import sluice.gateway.doors.jupyter.SpecRoutes;

/// Every path of the HTTP doors and the right it needs, on one page.
/// @param kernelSocket takes over `/api/kernels/{kernelId}/channels`
public record Routes(
        KernelRoutes kernels,
        SpecRoutes specs,
        NotebookSessionRoutes sessions,
        ServerRoutes server,
        Route.Socket kernelSocket,
        MeRoutes me,
        UserRoutes users,
        TokenRoutes tokens,
        TeamRoutes teams,
        QuotaRoutes quotas,
        PoolRoutes pool,
        GpuRoutes gpus,
        LeaseRoutes leases,
        MyQuota myQuota,
        HealthRoutes health,
        WebPages pages,
        HttpSettings settings,
        SignIn signIn) {

    /// The same kernels stand below each user's own JupyterLab, which looks for them beside its pages.
    private static final String LAB = "/user/{user}";

    public List<Route> all() {
        var belowLab = ofALab().stream().map(route -> route.below(LAB, NAMED_USER));
        return Stream.of(
                        web().stream(),
                        ofALab().stream(),
                        belowLab,
                        jupyter().stream(),
                        api().stream(),
                        limits().stream())
                .flatMap(routes -> routes)
                .toList();
    }

    private List<Route> web() {
        var login = new Login(settings, signIn);
        return List.of(
                get("/", SIGNED_IN, PAGE, pages::landing),
                get("/web/{file}", ANYONE, JUPYTER, pages::file),
                get("/login", ANYONE, PAGE, login::form),
                post("/login", ANYONE, PAGE, login::signIn).audited("login"),
                post("/logout", SIGNED_IN, PAGE, login::signOut).audited("logout"),
                get("/metrics", ADMIN, JUPYTER, gpus::metrics),
                get("/health", ANYONE, JUPYTER, health::ready),
                get("/health/live", ANYONE, JUPYTER, health::live),
                get("/health/ready", ANYONE, JUPYTER, health::ready));
    }

    /// What a JupyterLab asks its own server for and we answer instead.
    private List<Route> ofALab() {
        return List.of(
                get("/api/kernels", SIGNED_IN, JUPYTER, kernels::list),
                post("/api/kernels", SIGNED_IN, JUPYTER, kernels::start).audited("kernel.start"),
                get("/api/kernels/{kernelId}", SIGNED_IN, JUPYTER, kernels::get),
                delete("/api/kernels/{kernelId}", SIGNED_IN, JUPYTER, kernels::stop)
                        .audited("kernel.stop"),
                post("/api/kernels/{kernelId}/interrupt", SIGNED_IN, JUPYTER, kernels::interrupt),
                post("/api/kernels/{kernelId}/restart", SIGNED_IN, JUPYTER, kernels::restart)
                        .audited("kernel.restart"),
                socket("/api/kernels/{kernelId}/channels", SIGNED_IN, JUPYTER, kernelSocket),
                get("/api/kernelspecs", SIGNED_IN, JUPYTER, specs::list),
                get("/api/kernelspecs/{specName}", SIGNED_IN, JUPYTER, specs::get),
                get("/kernelspecs/{specName}/{path*}", SIGNED_IN, JUPYTER, specs::file),
                get("/api/sessions", SIGNED_IN, JUPYTER, sessions::list),
                post("/api/sessions", SIGNED_IN, JUPYTER, sessions::open).audited("session.open"),
                get("/api/sessions/{sessionId}", SIGNED_IN, JUPYTER, sessions::get),
                patch("/api/sessions/{sessionId}", SIGNED_IN, JUPYTER, sessions::change)
                        .audited("session.change"),
                delete("/api/sessions/{sessionId}", SIGNED_IN, JUPYTER, sessions::close)
                        .audited("session.close"),
                get("/api/status", SIGNED_IN, JUPYTER, server::status),
                get("/api/me", SIGNED_IN, JUPYTER, server::me),
                patch("/api/me", SIGNED_IN, JUPYTER, server::changeMe).audited("user.rename"));
    }

    private List<Route> jupyter() {
        return List.of(
                get("/api", ANYONE, JUPYTER, server::version),
                get("/api/spec.yaml", ANYONE, JUPYTER, server::contractYaml),
                get("/api/swagger.yaml", ANYONE, JUPYTER, server::contractYaml),
                get("/api/swagger.json", ANYONE, JUPYTER, server::contractJson),
                post("/api/security/csp-report", ANYONE, JUPYTER, server::cspReport));
    }

    private List<Route> api() {
        return List.of(
                get("/api/v1/openapi.yaml", ANYONE, PROBLEM, server::contractYaml),
                get("/api/v1/me", SIGNED_IN, PROBLEM, me::get),
                patch("/api/v1/me", SIGNED_IN, PROBLEM, me::change).audited("user.rename"),
                get("/api/v1/tokens", SIGNED_IN, PROBLEM, tokens::list),
                post("/api/v1/tokens", SIGNED_IN, PROBLEM, tokens::issue).audited("token.issue"),
                delete("/api/v1/tokens/{tokenId}", SIGNED_IN, PROBLEM, tokens::revoke)
                        .audited("token.revoke"),
                get("/api/v1/kernels", SIGNED_IN, PROBLEM, pool::kernels),
                get("/api/v1/kernels/{kernelId}", SIGNED_IN, PROBLEM, pool::kernel),
                get("/api/v1/status", SIGNED_IN, PROBLEM, pool::status),
                get("/api/v1/gpus", SIGNED_IN, PROBLEM, gpus::gpus),
                get("/api/v1/nodes", SIGNED_IN, PROBLEM, gpus::nodes),
                get("/api/v1/teams", SIGNED_IN, PROBLEM, teams::list),
                post("/api/v1/teams", ADMIN, PROBLEM, teams::create).audited("team.create"),
                get("/api/v1/teams/{team}", SIGNED_IN, PROBLEM, teams::get),
                patch("/api/v1/teams/{team}", SIGNED_IN, PROBLEM, teams::rename).audited("team.rename"),
                delete("/api/v1/teams/{team}", ADMIN, PROBLEM, teams::delete).audited("team.delete"),
                put("/api/v1/teams/{team}/members/{name}", SIGNED_IN, PROBLEM, teams::putMember)
                        .audited("team.member"),
                delete("/api/v1/teams/{team}/members/{name}", SIGNED_IN, PROBLEM, teams::removeMember)
                        .audited("team.leave"),
                get("/api/v1/users", ADMIN, PROBLEM, users::list),
                post("/api/v1/users", ADMIN, PROBLEM, users::create).audited("user.create"),
                get("/api/v1/users/{name}", ADMIN, PROBLEM, users::get),
                patch("/api/v1/users/{name}", ADMIN, PROBLEM, users::change).audited("user.change"),
                get("/api/v1/users/{name}/tokens", ADMIN, PROBLEM, tokens::listOf),
                post("/api/v1/users/{name}/tokens", ADMIN, PROBLEM, tokens::issueFor)
                        .audited("token.issue"),
                delete("/api/v1/users/{name}/tokens/{tokenId}", ADMIN, PROBLEM, tokens::revoke)
                        .audited("token.revoke"),
                get("/api/v1/audit", ADMIN, PROBLEM, pool::audit));
    }

    private List<Route> limits() {
        var pool = "/api/v1/quotas/pool";
        var team = "/api/v1/quotas/teams/{team}";
        var person = "/api/v1/quotas/teams/{team}/users/{name}";
        return List.of(
                get("/api/v1/queue", SIGNED_IN, PROBLEM, leases::queue),
                get("/api/v1/leases", SIGNED_IN, PROBLEM, leases::list),
                get("/api/v1/leases/{session}", SIGNED_IN, PROBLEM, leases::get),
                get("/api/v1/me/quota", SIGNED_IN, PROBLEM, myQuota::get),
                get("/api/v1/quotas", SIGNED_IN, PROBLEM, quotas::list),
                get(pool, SIGNED_IN, PROBLEM, quotas::ofPool),
                put(pool, ADMIN, PROBLEM, quotas::setPool).audited("quota.set"),
                delete(pool, ADMIN, PROBLEM, quotas::removePool).audited("quota.remove"),
                get(team, SIGNED_IN, PROBLEM, quotas::ofTeam),
                put(team, ADMIN, PROBLEM, quotas::setTeam).audited("quota.set"),
                delete(team, ADMIN, PROBLEM, quotas::removeTeam).audited("quota.remove"),
                get(person, SIGNED_IN, PROBLEM, quotas::ofPerson),
                put(person, SIGNED_IN, PROBLEM, quotas::setPerson).audited("quota.set"),
                delete(person, SIGNED_IN, PROBLEM, quotas::removePerson).audited("quota.remove"));
    }
}
