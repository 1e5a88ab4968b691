package sluice.gateway.sessions;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;

/// Which of a caller's environment variables reach the kernel they start: `KERNEL_*` and what the configuration allows.
/// Clients send more than that as a matter of course, so the rest is left out, not refused.
public final class KernelEnv {
    private static final int LONGEST = 4096;
    private static final int MOST = 200;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    /// What lets somebody into a gateway, under the names its clients keep it. A client that sends all of its
    /// environment must not leave it in every kernel; a `KERNEL_…` variable that holds a token was meant to.
    private static final Pattern LETS_IN =
            Pattern.compile("(EG|KG|KERNEL)_AUTH_TOKEN|JUPYTER_TOKEN|JUPYTERHUB_.*|JUPYTER_GATEWAY_.*|SLUICE_TOKEN");

    private static final Pattern OUR_TOKEN = Pattern.compile(".*slu_[a-z0-9]{32,}.*");

    private final List<Pattern> allowed;

    /// @param allowed further names besides `KERNEL_*`; a `*` at the end stands for anything
    public KernelEnv(List<String> allowed) {
        this.allowed = allowed.stream().map(KernelEnv::pattern).toList();
    }

    /// @param asked what the caller sent as `env`: names to values of any JSON type
    /// @throws Refused for a value that no environment can hold
    public Map<String, String> pass(@Nullable Map<String, ?> asked) {
        var passed = new TreeMap<String, String>();
        if (asked == null) return passed;
        if (asked.size() > MOST) throw Refused.badRequest("env has more than %d variables".formatted(MOST));
        asked.forEach((name, value) -> {
            if (!NAME.matcher(name).matches())
                throw Refused.badRequest("env: %s cannot be the name of a variable".formatted(Words.quoted(name)));
            if (!(value instanceof String text))
                throw Refused.badRequest("env: the value of %s must be a string".formatted(name));
            if (text.length() > LONGEST)
                throw Refused.badRequest("env: the value of %s is longer than %d characters".formatted(name, LONGEST));
            if (text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f))
                throw Refused.badRequest("env: the value of %s has control characters".formatted(name));
            if (passes(name, text)) passed.put(name, text);
        });
        return passed;
    }

    private boolean passes(String name, String value) {
        if (LETS_IN.matcher(name).matches()) return false;
        if (name.startsWith("KERNEL_")) return true;
        return !OUR_TOKEN.matcher(value).matches()
                && allowed.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private static Pattern pattern(String name) {
        return name.endsWith("*")
                ? Pattern.compile(Pattern.quote(name.substring(0, name.length() - 1)) + ".*")
                : Pattern.compile(Pattern.quote(name));
    }
}
