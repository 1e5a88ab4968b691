package sluice.kernels.link;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import sluice.metrics.gpu.Reading;
import sluice.metrics.gpu.Readings;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/// How samples of cards travel: what is known of a card is an object of numbers, what is not known is left out. A
/// reading that the other side does not know (it is older) is passed over.
final class GpuJson extends SimpleModule {
    private static final Map<String, Reading> BY_NAME =
            Arrays.stream(Reading.values()).collect(Collectors.toMap(Reading::name, Function.identity()));

    GpuJson() {
        super("gpu");
        addSerializer(Readings.class, new Writer());
        addDeserializer(Readings.class, new Reader());
    }

    private static final class Writer extends StdSerializer<Readings> {
        Writer() {
            super(Readings.class);
        }

        @Override
        public void serialize(Readings readings, JsonGenerator json, SerializationContext context) {
            json.writeStartObject();
            readings.known().forEach((reading, value) -> json.writeNumberProperty(reading.name(), value));
            json.writeEndObject();
        }
    }

    private static final class Reader extends StdDeserializer<Readings> {
        Reader() {
            super(Readings.class);
        }

        @Override
        public Readings deserialize(JsonParser json, DeserializationContext context) {
            var readings = new Readings.Builder();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var reading = BY_NAME.get(json.currentName());
                json.nextToken();
                if (reading != null) readings.put(reading, json.getDoubleValue());
            }
            return readings.build();
        }
    }
}
