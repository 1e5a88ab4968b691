package sluice.gateway.doors.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the doors read and write it.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /// A request's body, which must be one object; null for an empty one.
    /// @throws Refused when it is anything else
    public static @Nullable Map<String, Object> object(byte[] body) {
        if (body.length == 0) return null;
        try {
            var value = MAPPER.readValue(body, Object.class);
            if (value == null) return null;
            if (value instanceof Map<?, ?>)
                return MAPPER.convertValue(value, new TypeReference<Map<String, Object>>() {});
        } catch (JacksonException notJson) {
            throw Refused.badRequest("Invalid JSON in body of request");
        }
        throw Refused.badRequest("The body of the request must be a JSON object");
    }
}
