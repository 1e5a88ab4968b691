package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {
    @Test
    void fieldsAreFoundAmongNestedOnes() {
        var header = header("""
                { "x": {"msg_id": "inner", "l": [1, {"a": "}]"}]}, "n": null, "v": -1.5e3 ,
                  "msg_id":"m\\u00fcller\\n", "msg_type" : "größe", "session":"" }""");
        assertThat(header).isEqualTo(new HeaderFields("müller\n", "größe", ""));
    }

    @Test
    void whatIsNotAStringIsNotTaken() {
        assertThat(header("{\"msg_id\": 7, \"msg_type\": null}")).isEqualTo(HeaderFields.NONE);
        assertThat(header("{}")).isEqualTo(HeaderFields.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":\"",
                "{\"a\":\"\\",
                "{\"a\":}",
                "{\"a\":]}",
                "{a:1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":[[}"
            })
    void whatIsNoObjectIsRefused(String json) {
        assertThatThrownBy(() -> header(json)).isInstanceOf(BadMessage.class);
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> header("{\"a\":" + "[".repeat(100_000))).hasMessageContaining("too deeply");
    }

    private static HeaderFields header(String json) {
        var bytes = json.getBytes(UTF_8);
        return HeaderFields.read(bytes, 0, bytes.length);
    }
}
