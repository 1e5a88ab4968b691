package sluice.bench.link;

import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A message on its way into gRPC: its length is known beforehand, and it is written in one piece.
final class GrpcBytes extends ByteArrayInputStream implements KnownLength, Drainable {
    /// Bytes in, bytes out; what arrives stays in the buffers it arrived in.
    static final MethodDescriptor.Marshaller<InputStream> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream arrived) {
            return ((Detachable) arrived).detach();
        }
    };

    GrpcBytes(byte[] message) {
        super(message);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = count - pos;
        target.write(buf, pos, drained);
        pos = count;
        return drained;
    }
}
