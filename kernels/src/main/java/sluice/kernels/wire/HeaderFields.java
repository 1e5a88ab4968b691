package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// The fields of a message header that decide where it goes. A field that is missing is empty: the parent header of
/// a message that nobody asked for is `{}`.
public record HeaderFields(String msgId, String msgType, String session) {
    public static final HeaderFields NONE = new HeaderFields("", "", "");

    private static final byte[] MSG_ID = "msg_id".getBytes(US_ASCII);
    private static final byte[] MSG_TYPE = "msg_type".getBytes(US_ASCII);
    private static final byte[] SESSION = "session".getBytes(US_ASCII);
    private static final byte[] EXECUTION_STATE = "execution_state".getBytes(US_ASCII);

    /// @throws BadMessage when this is not a JSON object
    public static HeaderFields read(byte[] json, int from, int to) {
        String id = "";
        String type = "";
        String session = "";
        var fields = new JsonFields(json, from, to);
        while (fields.next()) {
            if (!fields.isString()) continue;
            if (fields.named(MSG_ID)) id = fields.text();
            else if (fields.named(MSG_TYPE)) type = fields.text();
            else if (fields.named(SESSION)) session = fields.text();
        }
        return id.isEmpty() && type.isEmpty() && session.isEmpty() ? NONE : new HeaderFields(id, type, session);
    }

    /// `busy`, `idle`, `starting` … from a status message's content, or "" when it has none.
    public static String executionState(byte[] json, int from, int to) {
        var fields = new JsonFields(json, from, to);
        while (fields.next()) {
            if (fields.named(EXECUTION_STATE) && fields.isString()) return fields.text();
        }
        return "";
    }
}
