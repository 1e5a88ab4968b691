package sluice.kernels.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// The end of what a process printed, from its log in two halves.
final class LogTail {
    /// Bytes of each half.
    static final int HALF = 512 << 10;

    private LogTail() {}

    static Path older(Path log) {
        return log.resolveSibling(log.getFileName() + ".1");
    }

    /// At most that many bytes, beginning with a whole line where there is one.
    static String read(Path log, int bytes) {
        var recent = end(log, bytes);
        var text = recent.length < bytes ? join(end(older(log), bytes - recent.length), recent) : recent;
        var tail = new String(text, UTF_8).strip();
        var line = tail.indexOf('\n');
        return text.length >= bytes && line >= 0 ? tail.substring(line + 1) : tail;
    }

    private static byte[] end(Path file, int bytes) {
        try (var channel = FileChannel.open(file)) {
            var size = channel.size();
            var buffer = ByteBuffer.allocate((int) Math.min(size, bytes));
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, size - buffer.capacity() + buffer.position()) < 0) break;
            }
            return buffer.array();
        } catch (IOException none) {
            return new byte[0];
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
