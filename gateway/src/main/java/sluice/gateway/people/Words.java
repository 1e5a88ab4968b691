package sluice.gateway.people;

/// What came from outside, made fit to stand in a sentence, a log line or an audit line.
public final class Words {
    private static final int LONGEST = 100;

    private Words() {}

    /// In quotes, without control characters, and not longer than a line.
    public static String quoted(String text) {
        return '"' + plain(text, LONGEST) + '"';
    }

    /// Without control characters and at most that long.
    public static String plain(String text, int longest) {
        var safe = new StringBuilder();
        for (int i = 0; i < text.length() && safe.length() < longest; i++) {
            char c = text.charAt(i);
            safe.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
        }
        return text.length() > longest ? safe + "…" : safe.toString();
    }
}
