package sluice.gateway.sessions;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.KernelRef;

/// Kernels, on behalf of somebody: each user sees and touches their own, an administrator everybody's. A kernel of
/// somebody else's does not exist as far as the answer goes.
public final class KernelDesk {
    /// Jupyter's own shape of kernel and session ids, which are also file names on the node.
    private static final Pattern ID = Pattern.compile("(?=.{9,64}$)\\w+-\\w+-\\w+-\\w+-\\w+");

    private static final Pattern SPEC_NAME = Pattern.compile("[A-Za-z0-9_.\\-]{1,128}");

    private final Nodes nodes;
    private final KernelStarts starts;
    private final WaitingKernels waiting;
    private final Flavours flavours;
    private final KernelEnv env;
    private final String homes;

    /// @param homes the folder that users' homes lie in, as the node sees it
    public KernelDesk(
            Nodes nodes, KernelStarts starts, WaitingKernels waiting, Flavours flavours, KernelEnv env, String homes) {
        this.nodes = nodes;
        this.starts = starts;
        this.waiting = waiting;
        this.flavours = flavours;
        this.env = env;
        this.homes = homes;
    }

    public static boolean looksLikeId(String id) {
        return ID.matcher(id).matches();
    }

    /// Starts a kernel; one that the caller already has under the id they chose is given back as it is.
    public KernelModel start(Principal principal, KernelOrder order) throws InterruptedException {
        var passed = env.pass(order.env());
        var folder = order.folder() == null ? workingDir(principal, passed) : HomePath.of(order.folder());
        if (order.id() != null) {
            if (!looksLikeId(order.id())) throw Refused.badRequest("kernel_id must look like a UUID");
            var there = ask(order.id());
            if (there.isPresent()) return already(principal, there.get());
        }
        // Never the caller's KERNEL_ID: a client that runs in a kernel of ours sends that kernel's own.
        var id = order.id() == null ? UUID.randomUUID().toString() : order.id();
        passed.put("KERNEL_ID", id);
        passed.put("KERNEL_USERNAME", principal.name());
        if (order.document() != null) passed.put("JPY_SESSION_NAME", order.document()); // ipykernel's `__session__`
        passed.remove("KERNEL_WORKING_DIR"); // the node says where the kernel really is
        var name = order.name() == null || order.name().isEmpty() ? defaultSpec() : order.name();
        if (!SPEC_NAME.matcher(name).matches()) throw unknownSpec(name);
        return already(principal, starts.start(new Orders.StartKernel(id, principal.name(), name, passed, folder)));
    }

    /// The caller's kernels; an administrator's list has everybody's.
    public List<KernelModel> list(Principal principal) throws InterruptedException {
        return all().stream()
                .filter(kernel -> Permissions.mayTouch(principal, kernel.owner()))
                .toList();
    }

    /// The kernels that the caller owns, also when they could see more.
    public List<KernelModel> own(Principal principal) throws InterruptedException {
        return all().stream()
                .filter(kernel -> kernel.owner().equals(principal.name()))
                .toList();
    }

    /// @throws Refused when there is none that the caller may see
    public KernelModel get(Principal principal, String id) throws InterruptedException {
        return find(principal, id).orElseThrow(() -> unknown(id));
    }

    public Optional<KernelModel> find(Principal principal, String id) throws InterruptedException {
        if (!looksLikeId(id)) return Optional.empty();
        return ask(id).filter(kernel -> Permissions.mayTouch(principal, kernel.owner()));
    }

    /// Ends a kernel and everything it started.
    public void stop(Principal principal, String id) throws InterruptedException {
        get(principal, id);
        if (!waiting.withdraw(id)) nodes.call(Orders.KERNEL_STOP, new KernelRef(id), Map.class);
    }

    public void interrupt(Principal principal, String id) throws InterruptedException {
        get(principal, id);
        if (!waiting.interrupt(id)) nodes.call(Orders.KERNEL_INTERRUPT, new KernelRef(id), Map.class);
    }

    public KernelModel restart(Principal principal, String id) throws InterruptedException {
        var kernel = get(principal, id);
        // One that waits has nothing to forget but the cells it was sent.
        if (waiting.interrupt(id)) return kernel;
        starts.renew(kernel);
        return starts.named(nodes.call(Orders.KERNEL_RESTART, new KernelRef(id), KernelModel.class));
    }

    /// Ends everything that somebody runs.
    public void stopAllOf(String owner) throws InterruptedException {
        for (var kernel : waiting.all()) if (kernel.owner().equals(owner)) waiting.withdraw(kernel.id());
        nodes.call(Orders.OWNER_STOP, Map.of("owner", owner), Map.class);
    }

    public Orders.Specs specs() throws InterruptedException {
        var installed = nodes.specs();
        return new Orders.Specs(installed.defaultName(), flavours.offered(installed.kernelspecs()), installed.broken());
    }

    /// @throws Refused when there is none of that name
    public Orders.Spec spec(String name) throws InterruptedException {
        return specs().kernelspecs().stream()
                .filter(spec -> spec.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> unknownSpec(name));
    }

    public record File(byte[] bytes, String mime) {}

    private record EncodedFile(String base64, String mime) {}

    /// A file of a kernelspec: its logo, its script.
    /// @throws Refused for one that is not there, and for a path that leads out of the spec's folder
    public File specFile(String name, String path) throws InterruptedException {
        var parts = List.of(path.split("/", -1));
        var within = SPEC_NAME.matcher(name).matches()
                && path.length() <= 512
                && parts.stream().noneMatch(part -> part.isEmpty() || part.startsWith("."))
                && path.chars().noneMatch(c -> c < ' ' || c == '\\' || c == 0x7f);
        if (!within) throw noFile(name, path);
        try {
            var wanted = new Orders.SpecFile(flavours.chosen(name).spec(), path);
            var file = nodes.call(Orders.SPEC_FILE, wanted, EncodedFile.class);
            return new File(Base64.getDecoder().decode(file.base64()), file.mime());
        } catch (NodeProblem problem) {
            if (problem.code().equals("unknown-spec") || problem.code().equals("bad-request")) throw noFile(name, path);
            throw problem;
        }
    }

    List<KernelModel> all() throws InterruptedException {
        var all = new LinkedHashMap<String, KernelModel>();
        // Those that wait first: in between they may have begun, and then the node has them.
        for (var kernel : waiting.all()) all.put(kernel.id(), kernel.model());
        for (var kernel : nodes.kernels()) all.put(kernel.id(), starts.named(kernel));
        return List.copyOf(all.values());
    }

    private Optional<KernelModel> ask(String id) throws InterruptedException {
        var waits = waiting.find(id);
        if (waits.isPresent()) return waits.map(WaitingKernel::model);
        try {
            return Optional.of(starts.named(nodes.call(Orders.KERNEL_GET, new KernelRef(id), KernelModel.class)));
        } catch (NodeProblem problem) {
            if (problem.code().equals("unknown-kernel")) return Optional.empty();
            throw problem;
        }
    }

    private static KernelModel already(Principal principal, KernelModel kernel) {
        if (kernel.owner().equals(principal.name())) return kernel;
        throw Refused.conflict("kernel_id is taken: choose another, or none");
    }

    private @Nullable String workingDir(Principal principal, Map<String, String> passed) {
        var asked = passed.get("KERNEL_WORKING_DIR");
        if (asked == null) return null;
        return HomePath.below(List.of(homes + "/" + principal.name(), "/home/" + principal.name()), asked);
    }

    private String defaultSpec() throws InterruptedException {
        var name = specs().defaultName();
        if (name == null) throw Refused.notFound("There is no kernelspec on this pool: install one, such as ipykernel");
        return name;
    }

    private static Refused unknown(String id) {
        return Refused.notFound("Kernel does not exist: " + Words.plain(id, 100));
    }

    private static Refused unknownSpec(String name) {
        return Refused.notFound("Kernel spec %s not found".formatted(Words.plain(name, 100)));
    }

    private static Refused noFile(String name, String path) {
        return Refused.notFound("Kernel spec %s has no file %s".formatted(Words.plain(name, 100), Words.quoted(path)));
    }
}
