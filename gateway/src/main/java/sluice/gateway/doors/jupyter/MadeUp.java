package sluice.gateway.doors.jupyter;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.Synthetic;

/// Messages in the name of a kernel that does not run yet, as v1 bodies.
final class MadeUp {
    private final Synthetic synthetic = new Synthetic(Clock.systemUTC());

    byte[] status(String executionState, byte[] parent) {
        return synthetic.status(executionState, parent).bytes();
    }

    byte[] stderr(String text, byte[] parent) {
        return synthetic.stderr(text, parent).bytes();
    }

    /// A word to whoever looks at a cell, which is neither its output nor an error.
    byte[] note(String text, byte[] parent) {
        var escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        var html = "<div style=\"color: var(--jp-ui-font-color2, GrayText)\">%s</div>".formatted(escaped);
        Map<String, Object> content = Map.of(
                "data", Map.of("text/plain", text, "text/html", html), "metadata", Map.of(), "transient", Map.of());
        return message(ChannelName.IOPUB, "display_data", parent, content);
    }

    /// @param wait whether what stands there goes only when something else comes
    byte[] clearOutput(boolean wait, byte[] parent) {
        return message(ChannelName.IOPUB, "clear_output", parent, Map.of("wait", wait));
    }

    byte[] aborted(byte[] parent) {
        return message(ChannelName.SHELL, "execute_reply", parent, Map.of("status", "aborted"));
    }

    byte[] failed(String reason, byte[] parent) {
        return synthetic.deadReply(reason, parent).bytes();
    }

    byte[] info(String language, String banner, byte[] parent) {
        var content = new LinkedHashMap<String, Object>();
        content.put("status", "ok");
        content.put("protocol_version", "5.3");
        content.put("implementation", "sluice");
        content.put("implementation_version", "");
        content.put("language_info", languageInfo(language));
        content.put("banner", banner);
        content.put("help_links", List.of());
        return message(ChannelName.SHELL, "kernel_info_reply", parent, content);
    }

    /// What editors need to show a language rightly, before its kernel can say so itself.
    private static Map<String, Object> languageInfo(String language) {
        var info = new LinkedHashMap<String, Object>();
        info.put("name", language);
        info.put("version", "");
        switch (language.toLowerCase(Locale.ROOT)) {
            case "python" -> {
                info.put("mimetype", "text/x-python");
                info.put("file_extension", ".py");
                info.put("pygments_lexer", "ipython3");
                info.put("codemirror_mode", Map.of("name", "ipython", "version", 3));
                info.put("nbconvert_exporter", "python");
            }
            case "r" -> {
                info.put("mimetype", "text/x-r-source");
                info.put("file_extension", ".r");
                info.put("pygments_lexer", "r");
                info.put("codemirror_mode", "r");
            }
            case "julia" -> {
                info.put("mimetype", "application/julia");
                info.put("file_extension", ".jl");
            }
            default -> {
                info.put("mimetype", "text/plain");
                info.put("file_extension", ".txt");
            }
        }
        return info;
    }

    private byte[] message(ChannelName channel, String type, byte[] parent, Map<String, Object> content) {
        return synthetic.message(channel, type, parent, content).bytes();
    }
}
