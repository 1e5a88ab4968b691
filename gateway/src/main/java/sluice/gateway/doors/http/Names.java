package sluice.gateway.doors.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// How enums are written in JSON: in lower case.
public final class Names {
    private Names() {}

    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String all(Class<? extends Enum<?>> of) {
        return Arrays.stream(of.getEnumConstants()).map(Names::of).collect(Collectors.joining(", "));
    }
}
