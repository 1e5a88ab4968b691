package sluice.gateway.sessions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.gateway.sessions.NotebookTable.Row;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.KernelModel;

/// Which document has which kernel. A session lives as long as its kernel: a row whose kernel is gone is removed when
/// the node tells of it, or, if nobody listened then, when it is next looked at.
public final class NotebookSessions {
    private static final Logger LOG = LoggerFactory.getLogger(NotebookSessions.class);
    private static final int STRIPES = 64;

    /// A session as asked for; what is null is left to us, or in a change left as it is.
    public record Wish(
            @Nullable String path,
            @Nullable String name,
            @Nullable String type,
            @Nullable String kernelName,
            @Nullable String kernelId) {}

    private final NotebookTable table;
    private final KernelDesk desk;
    /// Two tabs that open one notebook at once must get one kernel.
    private final ReentrantLock[] opening = new ReentrantLock[STRIPES];

    public NotebookSessions(Jdbi jdbi, KernelDesk desk) {
        this.table = new NotebookTable(jdbi);
        this.desk = desk;
        for (int i = 0; i < STRIPES; i++) opening[i] = new ReentrantLock();
    }

    /// Removes sessions as their kernels go.
    public void follow(Nodes nodes) {
        nodes.onEvent(event -> {
            if (!event.event().equals("kernel.gone") || event.kernel() == null) return;
            try {
                table.deleteOnKernel(event.kernel());
            } catch (RuntimeException away) {
                LOG.debug("the sessions of kernel {} stay until they are next looked at", event.kernel(), away);
            }
        });
    }

    public List<NotebookSession> list(Principal principal) throws InterruptedException {
        // The rows first: a kernel missing from a list made later is gone, whatever started meanwhile.
        var rows = principal.isAdmin() ? table.all() : table.of(principal.name());
        if (rows.isEmpty()) return List.of();
        var kernels = new HashMap<String, KernelModel>();
        for (var kernel : desk.all()) kernels.put(kernel.id(), kernel);
        var sessions = new ArrayList<NotebookSession>();
        for (var row : rows) {
            var kernel = kernels.get(row.kernelId());
            if (kernel == null) table.delete(row.id());
            else sessions.add(session(row, kernel));
        }
        return sessions;
    }

    /// The session of that document, with a kernel started for it if it has none.
    /// @throws CannotStart when the kernel cannot be had
    public NotebookSession open(Principal principal, Wish wish) throws InterruptedException {
        var path = checked("path", wish.path(), 4096);
        var type = checked("type", wish.type(), 64);
        var name = wish.name() == null ? path.substring(path.lastIndexOf('/') + 1) : checked("name", wish.name(), 1024);
        var lock = opening[Math.floorMod((principal.name() + "/" + path).hashCode(), STRIPES)];
        lock.lockInterruptibly();
        try {
            var there = alive(principal, path);
            if (there.isPresent()) return there.get();
            var kernel = kernelFor(principal, wish, path);
            var row = new Row(UUID.randomUUID().toString(), principal.name(), path, name, type, kernel.id());
            table.insert(row);
            return session(row, kernel);
        } finally {
            lock.unlock();
        }
    }

    /// @throws Refused when the caller has none of that id
    public NotebookSession get(Principal principal, String id) throws InterruptedException {
        var row = row(principal, id);
        return desk.find(principal, row.kernelId())
                .map(kernel -> session(row, kernel))
                .orElseThrow(() -> {
                    table.delete(id);
                    return unknown(id);
                });
    }

    /// Renames a session, or puts it on another kernel and ends the one it had.
    /// @throws CannotStart when the new kernel cannot be had
    public NotebookSession change(Principal principal, String id, Wish wish) throws InterruptedException {
        var before = get(principal, id);
        var path = wish.path() == null ? before.path() : checked("path", wish.path(), 4096);
        var name = wish.name() == null ? before.name() : checked("name", wish.name(), 1024);
        var type = wish.type() == null ? before.type() : checked("type", wish.type(), 64);
        var kernel = before.kernel();
        var kernelId = wish.kernelId();
        if (kernelId != null) {
            kernel = desk.find(principal, kernelId)
                    .orElseThrow(() -> Refused.badRequest("No such kernel: " + Words.plain(kernelId, 100)));
        } else if (wish.kernelName() != null) {
            kernel = startInstead(principal, wish.kernelName(), path);
        }
        var row = new Row(id, before.owner(), path, name, type, kernel.id());
        if (!table.update(row)) throw unknown(id);
        if (!kernel.id().equals(before.kernel().id()))
            endIfUnused(principal, before.kernel().id());
        return session(row, kernel);
    }

    /// Ends a session and its kernel.
    public void close(Principal principal, String id) throws InterruptedException {
        var row = row(principal, id);
        var kernel = desk.find(principal, row.kernelId());
        table.delete(id);
        if (kernel.isEmpty()) throw Refused.gone("Kernel deleted before session");
        endIfUnused(principal, row.kernelId());
    }

    private Optional<NotebookSession> alive(Principal principal, String path) throws InterruptedException {
        for (var row : table.at(principal.name(), path)) {
            var kernel = desk.find(principal, row.kernelId());
            if (kernel.isPresent()) return kernel.map(found -> session(row, found));
            table.delete(row.id());
        }
        return Optional.empty();
    }

    private KernelModel kernelFor(Principal principal, Wish wish, String path) throws InterruptedException {
        if (wish.kernelId() != null) {
            var there = desk.find(principal, wish.kernelId());
            if (there.isPresent()) return there.get();
        }
        return start(principal, wish.kernelId(), wish.kernelName(), path);
    }

    private KernelModel start(Principal principal, @Nullable String id, @Nullable String spec, String path)
            throws InterruptedException {
        var order = new KernelOrder(id, spec, HomePath.folderOf(path), path, null);
        try {
            return desk.start(principal, order);
        } catch (NodeProblem problem) {
            if (!problem.code().equals("unknown-spec")) throw problem;
            throw new CannotStart(spec, problem.reason(), true);
        } catch (Refused refused) {
            if (refused.kind() != Refused.Kind.NOT_FOUND) throw refused;
            throw new CannotStart(spec, refused.reason(), true);
        }
    }

    private KernelModel startInstead(Principal principal, String spec, String path) throws InterruptedException {
        try {
            return start(principal, null, spec, path);
        } catch (NodeProblem problem) {
            if (problem.code().equals("limit")) throw problem;
            throw new CannotStart(spec, problem.reason(), false);
        }
    }

    /// A notebook and its console may share a kernel: it ends with the last of them.
    private void endIfUnused(Principal principal, String kernelId) throws InterruptedException {
        if (table.onKernel(kernelId) > 0) return;
        try {
            desk.stop(principal, kernelId);
        } catch (Refused goneMeanwhile) {
            LOG.debug("kernel {} was gone before its session", kernelId);
        }
    }

    private Row row(Principal principal, String id) {
        if (!KernelDesk.looksLikeId(id)) throw unknown(id);
        return table.find(id)
                .filter(row -> Permissions.mayTouch(principal, row.owner()))
                .orElseThrow(() -> unknown(id));
    }

    private static String checked(String field, @Nullable String value, int longest) {
        if (value == null) throw Refused.badRequest("Missing field in JSON data: " + field);
        if (value.length() > longest)
            throw Refused.badRequest("%s is longer than %d characters".formatted(field, longest));
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f))
            throw Refused.badRequest("%s has control characters".formatted(field));
        return value;
    }

    private static Refused unknown(String id) {
        return Refused.notFound("Session not found: session_id=" + Words.plain(id, 100));
    }

    private static NotebookSession session(Row row, KernelModel kernel) {
        return new NotebookSession(row.id(), row.owner(), row.path(), row.name(), row.type(), kernel);
    }

    /// A session's kernel could not be started.
    public static final class CannotStart extends RuntimeException {
        private final @Nullable String spec;
        private final boolean unknown;

        CannotStart(@Nullable String spec, String reason, boolean unknown) {
            super(reason);
            this.spec = spec;
            this.unknown = unknown;
        }

        public String reason() {
            return unknown
                    ? "The '%s' kernel is not available. Please pick another suitable kernel instead, or install that kernel."
                            .formatted(shownSpec())
                    : "The '%s' kernel could not be started: %s".formatted(shownSpec(), getMessage());
        }

        /// In a few words, as Jupyter's clients show it.
        public String shortReason() {
            return unknown ? shownSpec() + " not found" : "Error starting kernel " + shownSpec();
        }

        private String shownSpec() {
            return spec == null ? "default" : Words.plain(spec, 100);
        }
    }
}
