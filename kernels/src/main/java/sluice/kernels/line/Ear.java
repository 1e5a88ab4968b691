package sluice.kernels.line;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.Signer;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.Frames;

/// Makes messages of what one of a kernel's sockets brings: checks the signature, reads the headers.
final class Ear {
    static final byte[] DELIMITER = "<IDS|MSG>".getBytes(US_ASCII);

    private final ChannelName channel;
    private final Signer signer;
    private byte[] lastParent = Synthetic.NO_PARENT;
    private HeaderFields lastParentFields = HeaderFields.NONE;

    /// A large message whose last part is being read into its place.
    private @Nullable V1 begun;

    Ear(ChannelName channel, Signer signer) {
        this.channel = channel;
        this.signer = signer;
    }

    byte[] roomForLast(Frames before, int length) {
        int first = delimiter(before) + 2;
        if (first + 3 > before.count()) return new byte[length];
        begun = V1.withRoomForLast(channel, before, first, length);
        return begun.bytes();
    }

    /// @throws BadMessage when it is malformed or the kernel did not sign it
    Incoming hear(Frames frames) {
        int delimiter = delimiter(frames);
        if (delimiter + 6 > frames.count())
            throw new BadMessage("no <IDS|MSG> with a signature and four parts behind it");
        var message = message(frames, delimiter + 2);
        var signature = frames.copy(delimiter + 1);
        if (!signer.verify(signature, message.bytes(), message.start(V1.HEADER), message.end(V1.CONTENT)))
            throw new BadMessage("a wrong signature");
        return new Incoming(channel, message, message.header(), parent(message));
    }

    private V1 message(Frames frames, int first) {
        var whole = begun;
        begun = null;
        if (whole != null && whole.bytes() == frames.array(frames.count() - 1)) return whole;
        return V1.of(channel, frames, first);
    }

    private static int delimiter(Frames frames) {
        int at = 0;
        while (at < frames.count() && !frames.is(at, DELIMITER)) at++;
        return at;
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
