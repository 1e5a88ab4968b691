package sluice.scheduling;

/// What moving a session's state takes in one direction: a fixed time and the copying.
/// @param seconds for the driver's part of it
/// @param bytesPerSecond between card and host memory; learnt from every move in production
public record MoveCost(double seconds, double bytesPerSecond) {
    public static final MoveCost USUAL = new MoveCost(0.5, 8e9);

    public MoveCost {
        if (!(seconds >= 0) || !(bytesPerSecond > 0))
            throw new IllegalArgumentException(
                    "A move takes some time: %s s, %s bytes/s".formatted(seconds, bytesPerSecond));
    }

    public double of(long bytes) {
        return seconds + bytes / bytesPerSecond;
    }
}
