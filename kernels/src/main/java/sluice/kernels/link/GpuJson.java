package sluice.kernels.link;

import java.util.OptionalDouble;
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
public final class GpuJson extends SimpleModule {
    public GpuJson() {
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
            for (var reading : Reading.values()) {
                OptionalDouble value = readings.get(reading);
                if (value.isPresent()) json.writeNumberProperty(reading.name(), value.getAsDouble());
            }
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
                var name = json.currentName();
                json.nextToken();
                for (var reading : Reading.values())
                    if (reading.name().equals(name)) readings.put(reading, json.getDoubleValue());
            }
            return readings.build();
        }
    }
}
