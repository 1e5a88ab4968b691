package sluice.kernels.link;

/// The node could not do what it was asked, in words for the user.
public final class NodeProblem extends RuntimeException {
    private final String code;

    public NodeProblem(String code, String message) {
        super(message);
        this.code = code;
    }

    /// One of the codes of [Orders.Problem].
    public String code() {
        return code;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
