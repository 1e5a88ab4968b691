package sluice.kernels.link;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the gateway asks of a node and what it hears back: the JSON of the link's frames, as records.
/// Each op is `name: arguments → result`.
public final class Orders {
    private Orders() {}

    /// `kernel.start: StartKernel → KernelModel`. Answers when the kernel's sockets speak, or after the node's
    /// `start-wait`; fails with `launch-failed` and the kernel's own stderr tail when it exits first.
    public static final String KERNEL_START = "kernel.start";
    /// `kernel.list: {} → KernelModel[]`
    public static final String KERNEL_LIST = "kernel.list";
    /// `kernel.get: KernelRef → KernelModel`
    public static final String KERNEL_GET = "kernel.get";
    /// `kernel.stop: KernelRef → {}`; returns when the process and everything it started are gone.
    public static final String KERNEL_STOP = "kernel.stop";
    /// `kernel.interrupt: KernelRef → {}`
    public static final String KERNEL_INTERRUPT = "kernel.interrupt";
    /// `kernel.restart: KernelRef → KernelModel`, in place: same id, same attachments, same slot.
    public static final String KERNEL_RESTART = "kernel.restart";
    /// `specs: {} → Specs`
    public static final String SPECS = "specs";
    /// `spec.file: SpecFile → {"base64": …, "mime": …}`
    public static final String SPEC_FILE = "spec.file";
    /// `app.start: StartApp → AppModel`. Starting a running app returns it.
    public static final String APP_START = "app.start";
    /// `app.list: {} → AppModel[]`
    public static final String APP_LIST = "app.list";
    /// `app.stop: AppRef → {}`
    public static final String APP_STOP = "app.stop";
    /// `node.status: {} → {…}` for `/health` and the landing page: uptime, sandbox kind and its warning, counts.
    public static final String NODE_STATUS = "node.status";
    /// `snapshot: {} →` [sluice.metrics.Snapshot], the last that was seen of cards, machine and sessions.
    public static final String SNAPSHOT = "snapshot";
    /// `owner.erase: {"owner": …} → {}`: stops everything of that owner (not their files).
    public static final String OWNER_STOP = "owner.stop";

    /// @param node the node's name
    /// @param version of the program
    /// @param lane which lane this connection is, from 0
    /// @param incarnation changes each time the node program starts
    public record Hello(String node, String version, int lane, String incarnation) {}

    /// @param lanes how many connections the node should hold, one for each of the gateway's event loops
    /// @param window bytes the node may send on a stream before the first [FrameType#CREDIT]
    public record Welcome(int lanes, long window) {}

    /// An error with words for the user. Codes: `unknown-kernel`, `unknown-spec`, `bad-spec`, `launch-failed`,
    /// `limit`, `bad-request`, `unknown-app`, `busy`, `internal`.
    public record Problem(String code, String message) {}

    public record Closed(String code, String reason) {}

    /// @param owner the pool user's name; the node keeps it with the kernel and tells it in every model
    /// @param name kernelspec name
    /// @param env the caller's environment for this kernel only (already checked by the gateway)
    /// @param path folder relative to the owner's home to start in, or the home itself
    /// @param grant what it may use; null for no card, and otherwise what the node's settings let everybody have
    public record StartKernel(
            String id,
            String owner,
            String name,
            Map<String, String> env,
            @Nullable String path,
            @Nullable Grant grant) {
        public StartKernel {
            env = Objects.requireNonNullElse(env, Map.of());
        }

        /// One without a card.
        public StartKernel(String id, String owner, String name, Map<String, String> env, @Nullable String path) {
            this(id, owner, name, env, path, null);
        }
    }

    /// What a kernel may use of its node. Zero means what the node's settings say.
    /// @param team that pays for it
    /// @param flavour as the user chose it; a word for tables and labels
    /// @param cards the only ones it may see
    /// @param cpus processor cores
    /// @param memoryBytes of the host
    public record Grant(String team, String flavour, List<GrantedCard> cards, double cpus, long memoryBytes) {
        public Grant {
            cards = List.copyOf(Objects.requireNonNullElse(cards, List.of()));
        }
    }

    /// @param milli thousandths of the card
    /// @param bytes of its memory
    public record GrantedCard(String uuid, int milli, long bytes) {}

    public record KernelRef(String id) {}

    /// A kernel as Jupyter's REST shows it, and its owner.
    /// @param lastActivity UTC, `yyyy-MM-ddTHH:mm:ss.ffffffZ` (always six digits: Python's strptime must take it)
    /// @param executionState `starting`, `idle`, `busy`, `restarting`, `dead`
    /// @param connections attached websockets
    /// @param reason why it is dead or waits, or null
    /// @param pid of the kernel process as the node sees it, 0 when there is none
    /// @param sandbox `bubblewrap` or `plain`
    /// @param grant as it was started with
    /// @param busyMillis for how long a cell has run in it, all in all, as long as this node program knows
    public record KernelModel(
            String id,
            String name,
            String owner,
            String lastActivity,
            String executionState,
            int connections,
            @Nullable String reason,
            long pid,
            String sandbox,
            String startedAt,
            @Nullable Grant grant,
            long busyMillis) {}

    /// @param kernelspecs by name
    /// @param broken names and what is wrong with each, for the log and `doctor`
    public record Specs(@Nullable String defaultName, List<Spec> kernelspecs, Map<String, String> broken) {}

    /// @param json `kernel.json` as the client sees it (argv, env, display_name, language, interrupt_mode, metadata)
    /// @param resources file names below the spec's folder: `logo-64x64.png`, `kernel.js` …
    public record Spec(String name, Map<String, Object> json, List<String> resources) {}

    public record SpecFile(String name, String path) {}

    /// @param kind `lab`
    /// @param id unique, `lab-<owner>`
    /// @param basePath URL path the app is served under, with both slashes
    public record StartApp(String id, String owner, String kind, String basePath, Map<String, String> env) {
        public StartApp {
            env = Objects.requireNonNullElse(env, Map.of());
        }
    }

    public record AppRef(String id) {}

    /// @param state `starting`, `running`, `stopped`
    /// @param token what the app itself wants to see (`Authorization: token …`), known to gateway and node only
    public record AppModel(
            String id,
            String owner,
            String kind,
            String state,
            @Nullable String reason,
            String token) {}

    /// Opens a client's channel to a kernel.
    /// @param kind `kernel`
    /// @param session the client's `session_id`, or a fresh one where it gave none
    /// @param after the last message that client has, or null where only the node may know
    /// @param dropBuffers the client would die of a binary frame: jupyter_server as a gateway client
    public record OpenKernel(
            String kind,
            String kernel,
            String session,
            @Nullable Long after,
            boolean dropBuffers) {}

    /// Opens a byte stream to an app's socket.
    /// @param kind `dial`
    public record OpenDial(String kind, String app) {}

    /// @param event `kernel.gone` (culled, dead for good, stopped): `kernel`, `reason`, `busyMillis` as in its model;
    /// `app.gone`: `app`, `reason`
    public record Event(
            String event,
            @Nullable String kernel,
            @Nullable String app,
            @Nullable String reason,
            @Nullable Long busyMillis) {
        public Event(String event, @Nullable String kernel, @Nullable String app, @Nullable String reason) {
            this(event, kernel, app, reason, null);
        }
    }
}
