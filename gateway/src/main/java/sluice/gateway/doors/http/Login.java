package sluice.gateway.doors.http;

import java.util.List;
import java.util.Map;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;

/// Signing in with a browser: a token once, a cookie from then on.
final class Login {
    private final HttpSettings settings;
    private final SignIn signIn;

    Login(HttpSettings settings, SignIn signIn) {
        this.settings = settings;
        this.signIn = signIn;
    }

    /// `GET /login`: the form. Its `_xsrf` cookie is also what VS Code looks for before it signs in.
    Answer form(Asked asked) {
        return page(200, asked, next(asked.query("next").orElse("")), "");
    }

    /// `POST /login`: the filled-in form. `password` is how VS Code calls what it asks the user for.
    Answer signIn(Asked asked) {
        var form = asked.form();
        var next = next(first(form, "next", asked.query("next").orElse("")));
        var cookie = asked.cookies().get(Xsrf.NAME);
        var repeated = first(form, Xsrf.NAME, asked.query(Xsrf.NAME).orElse(""));
        try {
            Xsrf.check(cookie == null ? List.of() : List.of(cookie), repeated);
        } catch (Refused stale) {
            return page(403, asked, next, "The page was too old. Please try again.")
                    .about("-");
        }
        var token = first(form, "token", first(form, "password", "")).strip();
        var who = signIn.tokens().prove(token);
        if (who.isEmpty() && signIn.tries().tooMany(asked.ip()))
            throw new Problems.HttpRefusal(429, "Too many wrong tokens from this address. Wait a minute.");
        if (who.isEmpty())
            return page(401, asked, next, "That token is not known here, or has ended.")
                    .about("refused");
        return Answer.seeOther(next)
                .cookie(cookie(who.get(), asked.port(), asked.secure()))
                .about(who.get().name());
    }

    /// `POST /logout`: forgets the cookie. The token lives on.
    Answer signOut(Asked asked) {
        var name = LoginCookie.name(asked.port());
        return Answer.seeOther(settings.basePath() + "/login")
                .cookie(LoginCookie.header(name, "", root(), java.time.Duration.ZERO, asked.secure(), true));
    }

    /// The cookie of somebody who has just proved who they are.
    String cookie(Principal who, int port, boolean secure) {
        var until = signIn.clock().instant().plus(settings.login().cookieLife());
        if (who.expiresAt() != null && who.expiresAt().isBefore(until)) until = who.expiresAt();
        return LoginCookie.header(
                LoginCookie.name(port),
                signIn.cookies().seal(who.tokenId(), until),
                root(),
                settings.login().cookieLife(),
                settings.login().secureCookie() || secure,
                true);
    }

    private Answer page(int status, Asked asked, String next, String error) {
        var kept = asked.cookies().get(Xsrf.NAME);
        var xsrf = kept == null || kept.length() < 8 ? Xsrf.fresh() : kept;
        var page = Pages.filled(
                "login.html", Map.of("base", settings.basePath(), "xsrf", xsrf, "next", next, "error", error));
        return Pages.html(status, page).cookie(Xsrf.cookie(xsrf, settings, asked.secure()));
    }

    private String next(String asked) {
        return safe(asked, root());
    }

    private String root() {
        return settings.basePath() + "/";
    }

    /// A path of ours to go on to, whatever was asked for: a sign-in must not send anybody to another site.
    static String safe(String next, String otherwise) {
        var here = next.startsWith(otherwise)
                && !next.startsWith("//")
                && next.length() <= 2000
                && next.chars().noneMatch(c -> c == '\\' || c <= ' ' || c >= 0x7f);
        return here ? next : otherwise;
    }

    private static String first(Map<String, List<String>> form, String name, String otherwise) {
        return form.getOrDefault(name, List.of()).stream().findFirst().orElse(otherwise);
    }
}
