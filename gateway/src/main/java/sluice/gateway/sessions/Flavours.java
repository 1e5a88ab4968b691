package sluice.gateway.sessions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.gateway.fleet.Capacity;
import sluice.kernels.link.Orders.Spec;
import sluice.scheduling.Demand;
import sluice.scheduling.Mode;
import sluice.scheduling.place.Reach;

/// Kernelspecs times flavours: the one list that every client of Jupyter's can choose from. A kernelspec under its own
/// name comes with the first flavour, `python3.gpu` is `python3` with the flavour `gpu`.
public final class Flavours {
    private static final String SEPARATOR = ".";

    private final List<Flavour> flavours;
    private final Capacity capacity;

    /// @param flavours in the order in which they are shown; the first is the plain one
    public Flavours(List<Flavour> flavours, Capacity capacity) {
        this.flavours = List.copyOf(flavours);
        this.capacity = capacity;
    }

    /// @param spec as the node knows it
    record Choice(String spec, Flavour flavour) {}

    /// What a name means that a client sends.
    Choice chosen(String name) {
        int dot = name.lastIndexOf(SEPARATOR);
        if (dot > 0) {
            var behind = name.substring(dot + 1).toLowerCase(Locale.ROOT);
            for (var flavour : others()) {
                if (flavour.name().equals(behind)) return new Choice(name.substring(0, dot), flavour);
            }
        }
        return new Choice(name, plain());
    }

    /// The name by which clients know a spec with a flavour.
    String name(String spec, String flavour) {
        boolean known = others().stream().anyMatch(other -> other.name().equals(flavour));
        return known ? spec + SEPARATOR + flavour : spec;
    }

    /// The installed specs, each with every flavour that the pool could serve if it were empty. A spec may name its own
    /// in its metadata: `"sluice": {"flavours": ["cpu", "gpu"]}`.
    List<Spec> offered(List<Spec> installed) throws InterruptedException {
        capacity.await(true);
        if (capacity.cards().isEmpty()) return installed;
        var reach = new Reach(capacity.nodes(_ -> Mode.SWAP));
        var possible = flavours.stream()
                .filter(flavour ->
                        reach.never(new Demand.Shape(flavour.needs(), 1)).isEmpty())
                .toList();
        boolean simulated = capacity.cards().stream().allMatch(card -> card.simulated());
        var offered = new ArrayList<Spec>();
        for (var spec : installed) {
            for (var flavour : possible) if (takes(spec, flavour)) offered.add(with(spec, flavour, simulated));
        }
        return offered;
    }

    private static boolean takes(Spec spec, Flavour flavour) {
        return !(spec.json().get("metadata") instanceof Map<?, ?> metadata)
                || !(metadata.get("sluice") instanceof Map<?, ?> ours)
                || !(ours.get("flavours") instanceof List<?> named)
                || named.contains(flavour.name());
    }

    private Spec with(Spec spec, Flavour flavour, boolean simulated) {
        var json = new LinkedHashMap<>(spec.json());
        var shown = json.getOrDefault("display_name", spec.name());
        var title = flavour.title() + (simulated && flavour.wantsCards() ? " (simulated)" : "");
        json.put("display_name", title.isBlank() ? shown : shown + " · " + title.strip());
        return new Spec(name(spec.name(), flavour.name()), json, spec.resources());
    }

    private Flavour plain() {
        return flavours.getFirst();
    }

    private List<Flavour> others() {
        return flavours.subList(1, flavours.size());
    }
}
