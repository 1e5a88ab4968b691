package sluice.kernels;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.kernels.sandbox.Owner;
import sluice.kernels.sandbox.View;

/// What of the node's environment a process gets: what tells it its place in the world, and no secrets.
public final class BaseEnvironment {
    private static final String SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final List<String> ALWAYS = List.of("LANG", "LANGUAGE", "LC_*", "TZ");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    private final Map<String, String> nodes;
    private final List<String> passed;

    /// @param nodes the node's own environment
    /// @param passed names of variables, or `NAME*`
    public BaseEnvironment(Map<String, String> nodes, List<String> passed) {
        this.nodes = nodes;
        this.passed = passed;
    }

    /// A fresh environment for a process of that owner.
    /// @param prefix whose programs come first
    public Map<String, String> of(Owner owner, View view, @Nullable Path prefix) {
        var env = new LinkedHashMap<String, String>();
        nodes.forEach((name, value) -> {
            if (passes(name)) env.put(name, value);
        });
        env.putIfAbsent("LANG", "C.UTF-8");
        env.put("PATH", prefix == null ? SYSTEM_PATH : prefix.resolve("bin") + ":" + SYSTEM_PATH);
        env.put("HOME", view.home());
        env.put("USER", owner.name());
        env.put("LOGNAME", owner.name());
        env.put("SHELL", "/bin/bash");
        return env;
    }

    private boolean passes(String name) {
        return ALWAYS.stream().anyMatch(pattern -> fits(pattern, name))
                || passed.stream().anyMatch(pattern -> fits(pattern, name));
    }

    private static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    /// A kernelspec's values may speak of variables that are already set: `${PATH}:/opt/bin`. Others stay as written.
    static String substitute(String value, Map<String, String> env) {
        return VARIABLE.matcher(value).replaceAll(found -> {
            var name = found.group(1) != null ? found.group(1) : found.group(2);
            return java.util.regex.Matcher.quoteReplacement(env.getOrDefault(name, found.group()));
        });
    }
}
