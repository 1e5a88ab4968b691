package sluice.metrics.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What cards to make up: `simulated:4x80GiB`, `simulated:2xH100-80GiB+1xL4-24GiB`.
record SimulatedSpec(List<Group> groups) {
    static final String EXAMPLES = "write, for instance, simulated:4x80GiB or simulated:2xH100-80GiB+1xL4-24GiB";

    private static final int MOST_CARDS = 256;
    private static final Pattern GROUP = Pattern.compile(
            "(?<count>[0-9]{1,4})x(?:(?<model>[A-Za-z][A-Za-z0-9._ -]{0,40})-)?(?<size>[0-9]{1,7}(?:\\.[0-9]{1,3})?)(?<unit>[KMGT]i?B)",
            Pattern.CASE_INSENSITIVE);

    /// Cards of one kind, linked with each other.
    record Group(int count, String model, long bytes) {}

    static SimulatedSpec parse(String spec) {
        var colon = spec.indexOf(':');
        if (colon < 0 || !spec.substring(0, colon).strip().equalsIgnoreCase("simulated")) throw bad(spec, "no colon");
        var groups = new ArrayList<Group>();
        for (var word : spec.substring(colon + 1).split("[,+]", -1)) groups.add(group(spec, word.strip()));
        var cards = groups.stream().mapToInt(Group::count).sum();
        if (cards > MOST_CARDS) throw bad(spec, cards + " cards are too many, " + MOST_CARDS + " is the most");
        return new SimulatedSpec(List.copyOf(groups));
    }

    private static Group group(String spec, String word) {
        var match = GROUP.matcher(word);
        if (!match.matches()) throw bad(spec, "\"" + word + "\" is not like 4x80GiB");
        var count = Integer.parseInt(match.group("count"));
        if (count < 1) throw bad(spec, "a group needs at least one card");
        var bytes = Double.parseDouble(match.group("size")) * unit(match.group("unit"));
        if (bytes < 1 << 20 || bytes > 1L << 44) throw bad(spec, "a card has between 1 MiB and 16 TiB");
        var model = match.group("model");
        return new Group(count, model == null ? "GPU" : model, (long) bytes);
    }

    private static double unit(String unit) {
        var power = "KMGT".indexOf(unit.toUpperCase(Locale.ROOT).charAt(0)) + 1;
        return Math.pow(unit.length() == 3 ? 1024 : 1000, power);
    }

    private static IllegalArgumentException bad(String spec, String why) {
        return new IllegalArgumentException("Cannot simulate \"" + spec + "\": " + why + "; " + EXAMPLES);
    }
}
