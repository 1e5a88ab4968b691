package sluice.kernels.line;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.Signer;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.Frames;

/// Makes messages of what a kernel's sockets bring: checks the signature, reads the headers.
final class Ear {
    static final byte[] DELIMITER = "<IDS|MSG>".getBytes(US_ASCII);

    private final Signer signer;
    private byte[] lastParent = Synthetic.NO_PARENT;
    private HeaderFields lastParentFields = HeaderFields.NONE;

    Ear(Signer signer) {
        this.signer = signer;
    }

    /// @throws BadMessage when it is malformed or the kernel did not sign it
    Incoming hear(ChannelName channel, Frames frames) {
        int delimiter = 0;
        while (delimiter < frames.count() && !frames.is(delimiter, DELIMITER)) delimiter++;
        if (delimiter + 6 > frames.count())
            throw new BadMessage("no <IDS|MSG> with a signature and four parts behind it");
        var message = V1.of(channel, frames, delimiter + 2);
        var signature = frames.copy(delimiter + 1);
        if (!signer.verify(signature, message.bytes(), message.start(V1.HEADER), message.end(V1.CONTENT)))
            throw new BadMessage("a wrong signature");
        return new Incoming(channel, message, message.header(), parent(message));
    }

    /// Most messages have the same parent as the one before.
    private HeaderFields parent(V1 message) {
        int from = message.start(V1.PARENT);
        int to = message.end(V1.PARENT);
        if (Arrays.equals(message.bytes(), from, to, lastParent, 0, lastParent.length)) return lastParentFields;
        var fields = HeaderFields.read(message.bytes(), from, to);
        lastParent = Arrays.copyOfRange(message.bytes(), from, to);
        lastParentFields = fields;
        return fields;
    }
}
