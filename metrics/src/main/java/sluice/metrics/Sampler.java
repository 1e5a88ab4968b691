package sluice.metrics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.metrics.gpu.GpuEvent;
import sluice.metrics.gpu.GpuSample;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.Health;
import sluice.metrics.gpu.Reading;
import sluice.metrics.host.CgroupUsage;
import sluice.metrics.host.HostSample;
import sluice.metrics.host.HostSampler;

/// Looks at cards, node and sessions once a second, and keeps what it saw.
///
/// Cards and node have a platform thread each: a driver that hangs must not take the node's figures with it,
/// and native calls of milliseconds would hold up virtual threads.
public final class Sampler implements AutoCloseable {
    /// What charts of a card show.
    public static final List<Reading> CHARTED =
            List.of(Reading.GPU_UTIL, Reading.SM_ACTIVE, Reading.MEMORY_USED, Reading.POWER, Reading.TEMPERATURE);

    /// What charts of the node show: percent, bytes, percent.
    public enum HostChart {
        CPU,
        MEMORY_USED,
        MEMORY_PRESSURE
    }

    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    private final String hostname;
    private final Gpus gpus;
    private final HostSampler host;
    private final Tenants tenants;
    private final SamplerConfig config;
    private final Clock clock;
    private final CardBook book = new CardBook();
    private final Owners owners;
    private final Map<String, History<Reading>> cardHistories = new ConcurrentHashMap<>();
    private final History<HostChart> hostHistory;
    private final Queue<String> forgiven = new ConcurrentLinkedQueue<>();
    private final List<Consumer<GpuEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Beat cardBeat;
    private final Beat hostBeat;

    private volatile Optional<Snapshot.Cards> cards = Optional.empty();
    private volatile Optional<HostSample> hostSample = Optional.empty();
    private volatile List<SessionNow> sessions = List.of();
    private volatile Duration cardsTook = Duration.ZERO;
    private volatile Duration hostTook = Duration.ZERO;
    private Instant sessionsRead = Instant.MIN;

    /// Does nothing before [#start()]. The cards stay the caller's to close, after this.
    public Sampler(String hostname, Gpus gpus, HostSampler host, Tenants tenants, SamplerConfig config, Clock clock) {
        this.hostname = hostname;
        this.gpus = gpus;
        this.host = host;
        this.tenants = tenants;
        this.config = config;
        this.clock = clock;
        this.owners = new Owners(tenants, config.sessionsEvery());
        this.hostHistory = new History<>(List.of(HostChart.values()), config.slots());
        this.cardBeat = new Beat("sample-gpus", config.every(), this::sampleCards);
        this.hostBeat = new Beat("sample-host", config.every(), this::sampleHost);
    }

    public Sampler start() {
        cardBeat.start();
        hostBeat.start();
        return this;
    }

    /// The last that was seen. Never waits.
    public Snapshot latest() {
        var now = clock.instant();
        var fresh = cards.filter(seen -> Duration.between(seen.at(), now).compareTo(config.stale()) <= 0);
        return new Snapshot(hostname, fresh, hostSample, sessions, cardsTook, hostTook);
    }

    /// Looks once, on the caller's thread; for whoever did not [#start()].
    public Snapshot look() {
        sampleCards();
        sampleHost();
        return latest();
    }

    /// The last minutes of a card's [#CHARTED] values.
    public Optional<History<Reading>> history(String uuid) {
        return Optional.ofNullable(cardHistories.get(uuid));
    }

    public History<HostChart> hostHistory() {
        return hostHistory;
    }

    /// Tells of errors, and of cards lost and returned, on the sampler's thread: the listener must not wait.
    public void onEvent(Consumer<GpuEvent> listener) {
        listeners.add(listener);
    }

    /// Somebody reset the card or looked at it: the errors it had do not count against its health any more.
    public void forgive(String uuid) {
        forgiven.add(uuid);
    }

    void sampleCards() {
        var began = System.nanoTime();
        for (var uuid = forgiven.poll(); uuid != null; uuid = forgiven.poll()) book.forgive(uuid);
        var sample = gpus.sample();
        for (var event : book.note(sample)) tell(event);
        var now = sample.cards().stream().map(card -> card(card, sample.at())).toList();
        cards = Optional.of(new Snapshot.Cards(sample.at(), now));
        cardsTook = Duration.ofNanos(System.nanoTime() - began);
    }

    private void tell(GpuEvent event) {
        LOG.warn("{}", event);
        for (var listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on {}", event, e);
            }
        }
    }

    private CardNow card(GpuSample sample, Instant at) {
        var uuid = sample.gpu().uuid();
        var row = CHARTED.stream()
                .mapToDouble(reading -> sample.readings().getOr(reading, Double.NaN))
                .toArray();
        cardHistories
                .computeIfAbsent(uuid, _ -> new History<>(CHARTED, config.slots()))
                .add(at, row);
        var errors = book.of(uuid);
        return new CardNow(sample, errors, Health.of(sample, errors.open()), uses(sample, at));
    }

    private List<CardNow.Use> uses(GpuSample sample, Instant at) {
        var uses = new TreeMap<String, CardNow.Use>();
        for (var process : sample.processes().orElse(List.of())) {
            var use = new CardNow.Use(owners.of(process, at), process.bytes(), process.smUtil());
            uses.merge(use.tenant().session(), use, Sampler::sum);
        }
        return List.copyOf(uses.values());
    }

    private static CardNow.Use sum(CardNow.Use one, CardNow.Use other) {
        var bytes = one.bytes().isEmpty() && other.bytes().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(one.bytes().orElse(0) + other.bytes().orElse(0));
        var smUtil = one.smUtil().isEmpty() && other.smUtil().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(one.smUtil().orElse(0) + other.smUtil().orElse(0));
        return new CardNow.Use(one.tenant(), bytes, smUtil);
    }

    void sampleHost() {
        var began = System.nanoTime();
        var sample = host.sample();
        hostSample = Optional.of(sample);
        var pressure = sample.pressure().get(HostSample.Resource.MEMORY);
        hostHistory.add(
                sample.at(),
                sample.cpuPercent().orElse(Double.NaN),
                sample.memory()
                        .map(HostSample.Memory::used)
                        .map(Long::doubleValue)
                        .orElse(Double.NaN),
                pressure == null ? Double.NaN : pressure.some());
        if (Duration.between(sessionsRead, sample.at()).compareTo(config.sessionsEvery()) >= 0) {
            sessionsRead = sample.at();
            sessions = tenants.now().stream()
                    .filter(tenant -> !tenant.cgroups().isEmpty())
                    .map(tenant -> new SessionNow(tenant, CgroupUsage.of(tenant.cgroups())))
                    .toList();
        }
        hostTook = Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void close() {
        cardBeat.close();
        hostBeat.close();
    }
}
