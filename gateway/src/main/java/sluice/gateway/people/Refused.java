package sluice.gateway.people;

/// What was asked cannot be done, in words for the person who asked.
public final class Refused extends RuntimeException {
    /// Why, in the way a caller can tell apart.
    public enum Kind {
        BAD_REQUEST,
        NOT_SIGNED_IN,
        FORBIDDEN,
        NOT_FOUND,
        CONFLICT,
        GONE,
        /// It is not as the caller last saw it.
        PRECONDITION_FAILED
    }

    private final Kind kind;

    public Refused(Kind kind, String reason) {
        super(reason, null, false, false); // an answer, not an accident: no stack trace is kept
        this.kind = kind;
    }

    public static Refused badRequest(String reason) {
        return new Refused(Kind.BAD_REQUEST, reason);
    }

    public static Refused notSignedIn(String reason) {
        return new Refused(Kind.NOT_SIGNED_IN, reason);
    }

    public static Refused forbidden(String reason) {
        return new Refused(Kind.FORBIDDEN, reason);
    }

    public static Refused notFound(String reason) {
        return new Refused(Kind.NOT_FOUND, reason);
    }

    public static Refused conflict(String reason) {
        return new Refused(Kind.CONFLICT, reason);
    }

    public static Refused gone(String reason) {
        return new Refused(Kind.GONE, reason);
    }

    public static Refused preconditionFailed(String reason) {
        return new Refused(Kind.PRECONDITION_FAILED, reason);
    }

    public Kind kind() {
        return kind;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
