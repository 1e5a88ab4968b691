package sluice.gateway.doors.jupyter;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.sessions.NotebookSession;
import sluice.gateway.sessions.NotebookSessions;
import sluice.gateway.sessions.NotebookSessions.Wish;

/// `/api/sessions`: which document has which kernel.
public final class NotebookSessionRoutes {
    private final NotebookSessions sessions;

    public NotebookSessionRoutes(NotebookSessions sessions) {
        this.sessions = sessions;
    }

    /// @param notebook what older clients read, for notebooks only
    record SessionView(
            String id,
            String path,
            String name,
            String type,
            KernelView kernel,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Notebook notebook) {
        record Notebook(String path, String name) {}

        static SessionView of(NotebookSession session) {
            var notebook = session.type().equals("notebook") ? new Notebook(session.path(), session.name()) : null;
            return new SessionView(
                    session.id(),
                    session.path(),
                    session.name(),
                    session.type(),
                    KernelView.of(session.kernel()),
                    notebook);
        }
    }

    public Answer list(Asked asked) throws InterruptedException {
        return Answer.json(
                sessions.list(asked.principal()).stream().map(SessionView::of).toList());
    }

    public Answer open(Asked asked) throws InterruptedException {
        var session = sessions.open(asked.principal(), wish(asked.neededJson()));
        return Answer.created(asked.base() + "/api/sessions/" + session.id(), SessionView.of(session))
                .about(session.id());
    }

    public Answer get(Asked asked) throws InterruptedException {
        return Answer.json(SessionView.of(sessions.get(asked.principal(), asked.path("sessionId"))));
    }

    public Answer change(Asked asked) throws InterruptedException {
        return Answer.json(
                SessionView.of(sessions.change(asked.principal(), asked.path("sessionId"), wish(asked.neededJson()))));
    }

    public Answer close(Asked asked) throws InterruptedException {
        sessions.close(asked.principal(), asked.path("sessionId"));
        return Answer.nothing();
    }

    private static Wish wish(Map<String, Object> json) {
        var path = Fields.text(json, "path");
        var type = Fields.text(json, "type");
        var notebook = Fields.object(json, "notebook"); // how clients said it before sessions had other documents
        if (notebook != null) {
            type = "notebook";
            var name = Fields.text(notebook, "name");
            var within = Fields.text(notebook, "path");
            if (name != null || within != null) path = name != null ? name : within;
        }
        var kernel = Fields.object(json, "kernel");
        return new Wish(
                path,
                Fields.text(json, "name"),
                type,
                kernel == null ? null : said(kernel, "name"),
                kernel == null ? null : said(kernel, "id"));
    }

    /// Some clients send an empty text for what they leave open.
    private static @Nullable String said(Map<String, Object> json, String field) {
        var text = Fields.text(json, field);
        return text == null || text.isEmpty() ? null : text;
    }
}
