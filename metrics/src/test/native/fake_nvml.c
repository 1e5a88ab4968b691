/* A libnvidia-ml.so.1 without a driver: enough of NVML for the metrics module, written from nvml.h's declarations.
 * With -DOLD_DRIVER it lacks what came with driver 510; with -DPLAIN_DRIVER all that is not required. */
#include "fake_driver.h"

#define NOT_SUPPORTED 3
#define NOT_FOUND 6
#define INSUFFICIENT_SIZE 7
#define TIMEOUT 10
#define INVALID_ARGUMENT 2
#define UNINITIALIZED 1
#define GPU_IS_LOST 15

typedef struct { int index; } card_t;
static card_t all[MOST_CARDS];
static int initialised;

/* nvmlDevice_t is opaque, so a pointer into the list does. */
#define CARD() \
    ANSWER(); \
    if (!initialised) return UNINITIALIZED; \
    if (device == NULL) return INVALID_ARGUMENT; \
    int card = ((card_t *) device)->index; \
    if (figure_of(card, "lost", 0)) return GPU_IS_LOST

int nvmlInit_v2(void) {
    ANSWER();
    for (int i = 0; i < MOST_CARDS; i++) all[i].index = i;
    initialised++;
    return 0;
}

int nvmlShutdown(void) {
    ANSWER();
    if (initialised) initialised--;
    return 0;
}

const char *nvmlErrorString(int status) {
    switch (status) {
        case NOT_SUPPORTED: return "Not Supported";
        case 9: return "Driver Not Loaded";
        case GPU_IS_LOST: return "GPU is lost";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}

int nvmlDeviceGetCount_v2(unsigned *count) {
    ANSWER();
    *count = cards();
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
    ANSWER();
    if ((int) index >= cards()) return INVALID_ARGUMENT;
    if (figure_of(index, "lost", 0)) return GPU_IS_LOST;
    *device = &all[index];
    return 0;
}

static void uuid_of(int card, char *uuid, size_t size) {
    snprintf(uuid, size, "GPU-00000000-0000-4000-8000-%012d", card);
}

int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
    ANSWER();
    for (int i = 0; i < cards(); i++) {
        char own[96];
        uuid_of(i, own, sizeof own);
        if (strcmp(own, uuid) != 0) continue;
        if (figure_of(i, "lost", 0)) return GPU_IS_LOST;
        *device = &all[i];
        return 0;
    }
    return NOT_FOUND;
}

int nvmlDeviceGetUUID(void *device, char *uuid, unsigned length) {
    CARD();
    uuid_of(card, uuid, length);
    return 0;
}

#ifndef OLD_DRIVER
int nvmlDeviceGetMemoryInfo_v2(void *device, void *info) {
    struct { unsigned version; unsigned long long total, reserved, free, used; } *memory = info;
    CARD();
    if (memory->version != (sizeof *memory | 2 << 24)) return 25;
    memory->total = figure_of(card, "memory.total", 85520809984.0);
    memory->reserved = figure_of(card, "memory.reserved", 700000000.0);
    memory->used = figure_of(card, "memory.used", 1000000000.0);
    memory->free = memory->total - memory->reserved - memory->used;
    return 0;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, void *infos) {
    struct { unsigned pid; unsigned long long bytes; unsigned instance, compute; } *info = infos;
    CARD();
    unsigned there = 0;
    long pid; long long bytes; int percent;
    while (process_of(card, there, &pid, &bytes, &percent)) {
        if (there < *count) {
            info[there].pid = pid;
            info[there].bytes = bytes < 0 ? ~0ULL : (unsigned long long) bytes;
        }
        there++;
    }
    int fits = there <= *count;
    *count = there;
    return fits ? 0 : INSUFFICIENT_SIZE;
}
#endif

#ifndef PLAIN_DRIVER
int nvmlSystemGetDriverVersion(char *version, unsigned length) {
    ANSWER();
    snprintf(version, length, "580.159.04");
    return 0;
}

int nvmlDeviceGetName(void *device, char *name, unsigned length) {
    CARD();
    (void) card;
    snprintf(name, length, "NVIDIA H100 80GB HBM3");
    return 0;
}

typedef struct {
    char legacy[16];
    unsigned domain, bus, device, id, subsystem;
    char bus_id[32];
} pci_t;

static void pci_of(int card, pci_t *pci) {
    memset(pci, 0, sizeof *pci);
    snprintf(pci->bus_id, sizeof pci->bus_id, "0000FFFF:%02X:00.0", 0x3b + card);
}

int nvmlDeviceGetPciInfo_v3(void *device, void *pci) {
    CARD();
    pci_of(card, pci);
    return 0;
}

#define UINT(function, name, otherwise) \
    int function(void *device, unsigned *value) { \
        CARD(); \
        *value = (unsigned) figure_of(card, name, otherwise); \
        return 0; \
    }
#define UINT_OF(function, name, otherwise) \
    int function(void *device, unsigned which, unsigned *value) { \
        CARD(); \
        (void) which; \
        *value = (unsigned) figure_of(card, name, otherwise); \
        return 0; \
    }
#define ULONG(function, name, otherwise) \
    int function(void *device, unsigned long long *value) { \
        CARD(); \
        *value = (unsigned long long) figure_of(card, name, otherwise); \
        return 0; \
    }
#define UINT_AND_PERIOD(function, name, otherwise) \
    int function(void *device, unsigned *value, unsigned *period) { \
        CARD(); \
        *value = (unsigned) figure_of(card, name, otherwise); \
        *period = 167000; \
        return 0; \
    }

UINT(nvmlDeviceGetMinorNumber, "minor", card)
UINT(nvmlDeviceGetPowerUsage, "power", 123456)
UINT(nvmlDeviceGetEnforcedPowerLimit, "power.limit", 700000)
UINT(nvmlDeviceGetPcieReplayCounter, "replays", 2)
UINT(nvmlDeviceGetCurrPcieLinkGeneration, "generation", 5)
UINT(nvmlDeviceGetCurrPcieLinkWidth, "width", 16)
UINT(nvmlDeviceGetComputeMode, "compute.mode", 0)
UINT(nvmlDeviceGetPerformanceState, "pstate", 0)
UINT(nvmlDeviceGetMaxMigDeviceCount, "mig.most", 7)
UINT_OF(nvmlDeviceGetTemperature, "temperature", 41)
UINT_OF(nvmlDeviceGetFanSpeed_v2, "fan", 33)
ULONG(nvmlDeviceGetTotalEnergyConsumption, "energy", 5000000)
ULONG(nvmlDeviceGetCurrentClocksEventReasons, "reasons", 1)
ULONG(nvmlDeviceGetSupportedEventTypes, "events", 0xc00f)
UINT_AND_PERIOD(nvmlDeviceGetEncoderUtilization, "encoder", 3)
UINT_AND_PERIOD(nvmlDeviceGetDecoderUtilization, "decoder", 4)

int nvmlDeviceGetClockInfo(void *device, unsigned type, unsigned *mhz) {
    CARD();
    *mhz = (unsigned) (type == 2 ? figure_of(card, "clock.memory", 2619) : figure_of(card, "clock.sm", 1980));
    return 0;
}

int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates) {
    CARD();
    rates[0] = (unsigned) figure_of(card, "util", 0);
    rates[1] = (unsigned) figure_of(card, "util.memory", 0);
    return 0;
}

int nvmlDeviceGetBAR1MemoryInfo(void *device, unsigned long long *total_free_used) {
    CARD();
    total_free_used[0] = 1ULL << 37;
    total_free_used[2] = (unsigned long long) figure_of(card, "bar1", 4194304);
    total_free_used[1] = total_free_used[0] - total_free_used[2];
    return 0;
}

int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending) {
    CARD();
    *current = *pending = (unsigned) figure_of(card, "mig", 0);
    return 0;
}

int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned index, void **instance) {
    CARD();
    if (index >= (unsigned) figure_of(card, "mig.instances", 0)) return NOT_FOUND;
    *instance = &all[card];
    return 0;
}

/* Each card has two links to the next one. */
int nvmlDeviceGetNvLinkState(void *device, unsigned link, unsigned *up) {
    CARD();
    if (link >= (unsigned) figure_of(card, "links", 2)) return INVALID_ARGUMENT;
    char name[32];
    snprintf(name, sizeof name, "link%u", link);
    *up = (unsigned) figure_of(card, name, 1);
    return 0;
}

int nvmlDeviceGetNvLinkRemoteDeviceType(void *device, unsigned link, unsigned *type) {
    CARD();
    (void) link;
    *type = (unsigned) figure_of(card, "remote", 0);
    return 0;
}

int nvmlDeviceGetNvLinkRemotePciInfo_v2(void *device, unsigned link, void *pci) {
    CARD();
    (void) link;
    pci_of((card + 1) % cards(), pci);
    return 0;
}

int nvmlDeviceGetTopologyCommonAncestor(void *device, void *peer, unsigned *level) {
    CARD();
    (void) peer;
    *level = (unsigned) figure_of(card, "ancestor", 40);
    return 0;
}

typedef struct {
    unsigned id, scope;
    long long timestamp, latency;
    unsigned type;
    int status;
    union { double d; unsigned u; unsigned long long ull; int i; } value;
} field_t;

int nvmlDeviceGetFieldValues(void *device, int count, field_t *fields) {
    CARD();
    for (int i = 0; i < count; i++) {
        char name[32];
        unsigned id = fields[i].id;
        snprintf(name, sizeof name, "field%u", id);
        double value = figure_of(card, name, 0);
        fields[i].status = value < 0 ? (int) -value : 0; /* -3: not supported */
        if ((id == 138 || id == 139) && fields[i].scope != ~0U) fields[i].status = INVALID_ARGUMENT;
        /* The types are mixed as they are in the driver. */
        if (id == 82 || id == 31) {
            fields[i].type = 1;
            fields[i].value.u = (unsigned) value;
        } else if (id == 230) {
            fields[i].type = 5;
            fields[i].value.i = (int) value;
        } else {
            fields[i].type = 3;
            fields[i].value.ull = (unsigned long long) value;
        }
        if (id == 186 && value == 0) fields[i].status = NOT_SUPPORTED;
    }
    return 0;
}

typedef struct {
    unsigned pid;
    unsigned long long micros;
    unsigned sm, memory, encoder, decoder;
} use_t;

int nvmlDeviceGetProcessUtilization(void *device, use_t *uses, unsigned *count, unsigned long long seen) {
    static unsigned long long now = 1000;
    CARD();
    (void) seen;
    unsigned there = 0, busy = 0;
    long pid; long long bytes; int percent;
    now += 1000;
    for (; process_of(card, there, &pid, &bytes, &percent); there++) {
        if (percent <= 0) continue;
        if (busy < *count) {
            memset(&uses[busy], 0, sizeof uses[busy]);
            uses[busy].pid = pid;
            uses[busy].micros = now;
            uses[busy].sm = percent;
        }
        busy++;
    }
    int fits = busy <= *count;
    *count = busy;
    return !fits ? INSUFFICIENT_SIZE : busy == 0 ? NOT_FOUND : 0;
}

/* The performance metrics: every unit is as busy as "util" says. */
typedef struct { unsigned version, supported; } support_t;

int nvmlGpmQueryDeviceSupport(void *device, support_t *support) {
    CARD();
    if (support->version != 1) return 25;
    support->supported = (unsigned) figure_of(card, "gpm", 1);
    return 0;
}

int nvmlGpmSampleAlloc(void **sample) {
    ANSWER();
    *sample = calloc(1, sizeof(int));
    return 0;
}

int nvmlGpmSampleGet(void *device, int *sample) {
    CARD();
    *sample = card + 1;
    return 0;
}

typedef struct { unsigned id; int status; double value; char *names[3]; } metric_t;
typedef struct { unsigned version, count; int *earlier, *later; metric_t metrics[333]; } metrics_t;

int nvmlGpmMetricsGet(metrics_t *question) {
    ANSWER();
    if (question->version != 1 || *question->earlier == 0 || *question->earlier != *question->later) return INVALID_ARGUMENT;
    for (unsigned i = 0; i < question->count; i++) {
        question->metrics[i].status = 0;
        question->metrics[i].value = figure_of(*question->later - 1, "util", 0);
    }
    return 0;
}

/* Events: one set for all. */
typedef struct { void *device; unsigned long long type, data; unsigned instance, compute; } event_t;

int nvmlEventSetCreate(void **set) {
    ANSWER();
    *set = all;
    return 0;
}

int nvmlDeviceRegisterEvents(void *device, unsigned long long types, void *set) {
    CARD();
    (void) card;
    (void) types;
    (void) set;
    return 0;
}

int nvmlEventSetWait_v2(void *set, event_t *event, unsigned milliseconds) {
    ANSWER();
    (void) set;
    (void) milliseconds;
    int card, code;
    if (!next_event(&card, &code)) return TIMEOUT;
    event->device = &all[card];
    /* codes below zero are events of another type than XID */
    event->type = code < 0 ? (unsigned long long) -code : 8;
    event->data = code < 0 ? 0 : (unsigned long long) code;
    return 0;
}
#endif
