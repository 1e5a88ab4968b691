package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// Walks over the fields of one JSON object without building anything: a header is read a hundred thousand times a
/// second. It finds values' ends; it does not judge what it need not understand.
public final class JsonFields {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_DEPTH = 512;

    private final byte[] json;
    private final int end;
    private int at;
    private int nameStart;
    private int nameEnd;
    private int valueStart;
    private int valueEnd;
    private boolean first = true;

    public JsonFields(byte[] json, int from, int to) {
        this.json = json;
        this.at = from;
        this.end = to;
        expect('{');
    }

    /// Goes to the next field.
    /// @return false after the last
    /// @throws BadMessage when this is not a JSON object
    public boolean next() {
        skipSpace();
        if (peek() == '}') return false;
        if (!first) {
            expect(',');
            skipSpace();
        }
        first = false;
        nameStart = at + 1;
        skipString();
        nameEnd = at - 1;
        expect(':');
        skipSpace();
        valueStart = at;
        skipValue();
        valueEnd = at;
        return true;
    }

    public boolean named(byte[] name) {
        return Arrays.equals(json, nameStart, nameEnd, name, 0, name.length);
    }

    public boolean isString() {
        return json[valueStart] == '"';
    }

    public int valueStart() {
        return valueStart;
    }

    public int valueEnd() {
        return valueEnd;
    }

    /// The value as text; a string's without its quotes and escapes.
    public String text() {
        if (!isString()) return new String(json, valueStart, valueEnd - valueStart, US_ASCII);
        for (int i = valueStart + 1; i < valueEnd - 1; i++) {
            if (json[i] == '\\' || json[i] < 0) return decoded();
        }
        return new String(json, valueStart + 1, valueEnd - valueStart - 2, US_ASCII);
    }

    private String decoded() {
        try {
            return JSON.readValue(json, valueStart, valueEnd - valueStart, String.class);
        } catch (JacksonException e) {
            throw new BadMessage(
                    "not a JSON string: " + new String(json, valueStart, Math.min(40, valueEnd - valueStart), UTF_8));
        }
    }

    private void skipValue() {
        int depth = 0;
        do {
            switch (peek()) {
                case '"' -> skipString();
                case '{', '[' -> {
                    if (++depth > MAX_DEPTH) throw new BadMessage("JSON nested too deeply");
                    at++;
                }
                case '}', ']' -> {
                    if (--depth < 0) throw new BadMessage("JSON with a missing value");
                    at++;
                }
                case ',', ':', ' ', '\n', '\r', '\t' -> {
                    if (depth == 0) throw new BadMessage("JSON with a missing value");
                    at++;
                }
                default -> skipWord();
            }
        } while (depth > 0);
    }

    private void skipWord() {
        while (at < end) {
            switch (json[at]) {
                case ',', ':', '}', ']', '{', '[', '"', ' ', '\n', '\r', '\t' -> {
                    return;
                }
                default -> at++;
            }
        }
    }

    private void skipString() {
        if (peek() != '"') throw new BadMessage("JSON with something else where a string belongs");
        at++;
        while (at < end) {
            byte c = json[at++];
            if (c == '"') return;
            if (c == '\\') at++;
        }
        throw new BadMessage("JSON that ends within a string");
    }

    private void skipSpace() {
        while (at < end && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) at++;
    }

    private void expect(char c) {
        skipSpace();
        if (peek() != c) throw new BadMessage("JSON with something else where " + c + " belongs");
        at++;
    }

    private byte peek() {
        if (at >= end) throw new BadMessage("JSON that ends too early");
        return json[at];
    }
}
