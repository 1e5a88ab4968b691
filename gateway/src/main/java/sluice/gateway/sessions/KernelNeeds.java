package sluice.gateway.sessions;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.CardModel;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;

/// What a kernel needs: its flavour, and over it what its start request says in `KERNEL_GPUS`, `KERNEL_GPU_MEMORY`,
/// `KERNEL_GPU_MODEL`, `KERNEL_GPU_MODE`, `KERNEL_CPUS` and `KERNEL_MEMORY`.
public final class KernelNeeds {
    private static final String GPUS = "KERNEL_GPUS";
    private static final String GPU_MEMORY = "KERNEL_GPU_MEMORY";
    private static final String GPU_MODEL = "KERNEL_GPU_MODEL";
    private static final String GPU_MODE = "KERNEL_GPU_MODE";
    private static final String CPUS = "KERNEL_CPUS";
    private static final String MEMORY = "KERNEL_MEMORY";

    private final Capacity capacity;

    public KernelNeeds(Capacity capacity) {
        this.capacity = capacity;
    }

    /// @throws Refused naming the variable and how to write it
    Needs of(Flavour flavour, Map<String, String> env) throws InterruptedException {
        var usual = flavour.needs();
        var gpus = number(env, GPUS);
        var bytes = size(env, GPU_MEMORY);
        var cpus = number(env, CPUS);
        var memory = size(env, MEMORY);
        try {
            return new Needs(
                    gpus == null && bytes == null ? usual.gpus() : Gpus.asked(gpus, bytes, null),
                    model(env).orElse(usual.model()),
                    mode(env, usual.mode()),
                    cpus == null ? usual.milliCpus() : Math.clamp(Math.round(cpus * 1000), -1, Integer.MAX_VALUE),
                    memory == null ? usual.memory() : memory,
                    usual.disk());
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /// As the pool spells it, however the caller does. An unknown one is kept: the scheduler knows which there are.
    private Optional<String> model(Map<String, String> env) throws InterruptedException {
        var asked = said(env, GPU_MODEL);
        if (asked == null) return Optional.empty();
        capacity.await(true);
        var known = capacity.cards().stream()
                .map(card -> CardModel.of(card.model()))
                .filter(model -> model.equalsIgnoreCase(asked))
                .findFirst();
        return Optional.of(known.orElse(Words.plain(asked, 60)));
    }

    private static Mode mode(Map<String, String> env, Mode usual) {
        var asked = said(env, GPU_MODE);
        if (asked == null) return usual;
        for (var mode : Mode.values()) if (mode.word().equals(asked.toLowerCase(Locale.ROOT))) return mode;
        throw Refused.badRequest("%s is swap or exclusive, not %s".formatted(GPU_MODE, Words.quoted(asked)));
    }

    private static @Nullable Double number(Map<String, String> env, String name) {
        var asked = said(env, name);
        if (asked == null) return null;
        try {
            double number = Double.parseDouble(asked);
            if (number >= 0 && number < 1e9) return number;
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Refused.badRequest("%s is a number such as 1 or 0.5, not %s".formatted(name, Words.quoted(asked)));
    }

    private static @Nullable Long size(Map<String, String> env, String name) {
        var asked = said(env, name);
        if (asked == null) return null;
        try {
            return Bytes.of(asked);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest("%s, %s: %s".formatted(name, Words.quoted(asked), e.getMessage()));
        }
    }

    private static @Nullable String said(Map<String, String> env, String name) {
        var asked = env.get(name);
        return asked == null || asked.isBlank() ? null : asked.strip();
    }
}
