package sluice.gateway.doors.jupyter;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.sessions.KernelDesk;
import sluice.kernels.link.Orders.Spec;

/// `/api/kernelspecs`, and the logos and scripts of kernelspecs.
public final class SpecRoutes {
    private static final String A_MONTH = "max-age=2592000";

    private final KernelDesk desk;

    public SpecRoutes(KernelDesk desk) {
        this.desk = desk;
    }

    record SpecView(String name, Map<String, Object> spec, Map<String, String> resources) {}

    public Answer list(Asked asked) throws InterruptedException {
        var specs = desk.specs();
        var views = new LinkedHashMap<String, SpecView>();
        for (var spec : specs.kernelspecs()) views.put(spec.name(), view(spec, asked.base()));
        var answer = new LinkedHashMap<String, Object>();
        answer.put("default", specs.defaultName() == null ? "" : specs.defaultName());
        answer.put("kernelspecs", views);
        return Answer.json(answer);
    }

    public Answer get(Asked asked) throws InterruptedException {
        return Answer.json(view(desk.spec(asked.path("specName")), asked.base()));
    }

    public Answer file(Asked asked) throws InterruptedException {
        var path = asked.path("path");
        var file = desk.specFile(asked.path("specName"), path);
        // A kernelspec's own script or picture, if opened as a page, must not act as one of ours.
        var answer =
                Answer.bytes(file.mime(), file.bytes()).with("Content-Security-Policy", "sandbox; default-src 'none'");
        return path.toLowerCase(Locale.ROOT).endsWith(".png") ? answer.with("Cache-Control", A_MONTH) : answer;
    }

    /// Jupyter names a logo by its file without the ending, everything else in full. Clients show only specs that have
    /// all they look for, so what a spec leaves out is filled in.
    private static SpecView view(Spec spec, String base) {
        var json = new LinkedHashMap<>(spec.json());
        json.putIfAbsent("argv", java.util.List.of());
        json.putIfAbsent("env", Map.of());
        json.putIfAbsent("display_name", spec.name());
        json.putIfAbsent("language", "");
        json.putIfAbsent("interrupt_mode", "signal");
        json.putIfAbsent("metadata", Map.of());
        var resources = new LinkedHashMap<String, String>();
        for (var file : new HashSet<>(spec.resources()).stream().sorted().toList()) {
            var dot = file.lastIndexOf('.');
            var name = file.startsWith("logo-") && dot > 0 ? file.substring(0, dot) : file;
            resources.put(name, base + "/kernelspecs/" + spec.name() + "/" + file);
        }
        return new SpecView(spec.name(), json, resources);
    }
}
