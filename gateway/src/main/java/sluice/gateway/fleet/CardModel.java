package sluice.gateway.fleet;

import java.util.ArrayList;
import java.util.Set;
import java.util.regex.Pattern;

/// A card's model as people say it: `H100` for what the driver calls `NVIDIA H100 80GB HBM3`.
public final class CardModel {
    private static final Set<String> MAKERS = Set.of(
            "nvidia", "tesla", "geforce", "quadro", "amd", "radeon", "instinct", "huawei", "ascend", "simulated");

    /// What comes behind the name: memory, and how the card is built in.
    private static final Pattern BUILD =
            Pattern.compile("(?i)\\d+ ?G(i)?B|SXM\\d*|PCIE|PG\\d+|HBM\\w*|NVL\\w*|OAM|GENERATION");

    private CardModel() {}

    public static String of(String driversName) {
        var words = new ArrayList<String>();
        for (var word : driversName.split("[ -]+")) {
            if (words.isEmpty() && MAKERS.contains(word.toLowerCase(java.util.Locale.ROOT))) continue;
            if (BUILD.matcher(word).matches()) break;
            words.add(word);
        }
        return words.isEmpty() ? driversName.strip() : String.join(" ", words);
    }
}
