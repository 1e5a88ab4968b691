package sluice.gateway.doors.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;

/// Reads a JSON object's fields and says which one is not what it should be.
public final class Fields {
    private Fields() {}

    /// A text, or null where the field is missing or null.
    public static @Nullable String text(Map<String, ?> object, String field) {
        var value = object.get(field);
        if (value == null) return null;
        if (value instanceof String text) return text;
        throw Refused.badRequest(field + " must be a string");
    }

    /// A text that must be there.
    public static String neededText(Map<String, ?> object, String field) {
        var text = text(object, field);
        if (text == null) throw Refused.badRequest("Missing field in JSON data: " + field);
        return text;
    }

    public static @Nullable Boolean flag(Map<String, ?> object, String field) {
        var value = object.get(field);
        if (value == null) return null;
        if (value instanceof Boolean flag) return flag;
        throw Refused.badRequest(field + " must be true or false");
    }

    /// A whole number, or null where the field is missing or null.
    public static @Nullable Long number(Map<String, ?> object, String field) {
        var value = object.get(field);
        if (value == null) return null;
        if (value instanceof Integer number) return number.longValue();
        if (value instanceof Long number) return number;
        throw Refused.badRequest(field + " must be a whole number");
    }

    /// Any number, or null where the field is missing or null. One that is too large for a double is infinite.
    public static @Nullable Double decimal(Map<String, ?> object, String field) {
        var value = object.get(field);
        if (value == null) return null;
        if (value instanceof Number number) return number.doubleValue();
        throw Refused.badRequest(field + " must be a number");
    }

    /// An object within, or null where the field is missing or null.
    @SuppressWarnings("unchecked") // JSON's keys are strings
    public static @Nullable Map<String, Object> object(Map<String, ?> object, String field) {
        var value = object.get(field);
        if (value == null) return null;
        if (value instanceof Map<?, ?> within) return (Map<String, Object>) within;
        throw Refused.badRequest(field + " must be an object");
    }

    /// One of an enum's names, in lower case in JSON; null where the field is missing or null.
    public static <E extends Enum<E>> @Nullable E choice(Map<String, ?> object, String field, Class<E> of) {
        var text = text(object, field);
        if (text == null) return null;
        for (var constant : of.getEnumConstants()) if (Names.of(constant).equals(text)) return constant;
        throw Refused.badRequest("%s must be one of %s".formatted(field, Names.all(of)));
    }
}
