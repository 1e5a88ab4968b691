/* A libamd_smi.so without a driver, written from the declarations of amdsmi.h 24.7. One socket for each card. */
#include "fake_driver.h"
#include <stdint.h>

#define NOT_FOUND 31
#define NOT_SUPPORTED 2

static int all[MOST_CARDS];

#define CARD() \
    ANSWER(); \
    int card = *(int *) device; \
    if (figure_of(card, "lost", 0)) return NOT_FOUND

int amdsmi_init(uint64_t flags) {
    ANSWER();
    for (int i = 0; i < MOST_CARDS; i++) all[i] = i;
    return flags == 2 ? 0 : 1;
}

int amdsmi_shut_down(void) {
    ANSWER();
    return 0;
}

int amdsmi_get_lib_version(uint32_t *version) {
    ANSWER();
    version[0] = (uint32_t) figure("year", 24);
    version[1] = 7;
    return 0;
}

int amdsmi_get_socket_handles(uint32_t *count, void **sockets) {
    ANSWER();
    if (sockets != NULL) for (uint32_t i = 0; i < *count; i++) sockets[i] = &all[i];
    *count = cards();
    return 0;
}

int amdsmi_get_processor_handles(void *socket, uint32_t *count, void **processors) {
    ANSWER();
    if (processors != NULL) processors[0] = socket;
    *count = 1;
    return 0;
}

int amdsmi_get_gpu_device_uuid(void *device, unsigned *length, char *uuid) {
    CARD();
    snprintf(uuid, *length, "%08xff-74a1-1000-8000-%012d", card, card);
    return 0;
}

int amdsmi_get_gpu_asic_info(void *device, char *market_name) {
    CARD();
    (void) card;
    strcpy(market_name, "AMD Instinct MI300X");
    return 0;
}

int amdsmi_get_gpu_driver_info(void *device, char *version) {
    CARD();
    (void) card;
    strcpy(version, "6.10.5");
    return 0;
}

int amdsmi_get_gpu_device_bdf(void *device, uint64_t *bdf) {
    CARD();
    *bdf = (uint64_t) 0xffff << 16 | (uint64_t) (0x3b + card) << 8;
    return 0;
}

int amdsmi_get_gpu_vram_usage(void *device, uint32_t *total_used) {
    CARD();
    total_used[0] = (uint32_t) (figure_of(card, "memory.total", 85520809984.0) / 1048576);
    total_used[1] = (uint32_t) (figure_of(card, "memory.used", 1000000000.0) / 1048576);
    return 0;
}

int amdsmi_get_gpu_activity(void *device, uint32_t *activity) {
    CARD();
    activity[0] = (uint32_t) figure_of(card, "util", 0);
    activity[1] = (uint32_t) figure_of(card, "util.memory", 0);
    activity[2] = 0xffff;
    return 0;
}

int amdsmi_get_temp_metric(void *device, unsigned sensor, unsigned metric, int64_t *degrees) {
    CARD();
    if (metric != 0 || sensor == 0) return NOT_SUPPORTED; /* as on Instinct cards: no sensor at the edge */
    *degrees = (int64_t) figure_of(card, sensor == 2 ? "temperature.memory" : "temperature", 41);
    return 0;
}

int amdsmi_get_power_info(void *device, uint32_t *power) {
    CARD();
    power[0] = 0xffff;
    power[1] = (uint32_t) (figure_of(card, "power", 123456) / 1000);
    return 0;
}

int amdsmi_get_power_cap_info(void *device, uint32_t sensor, uint64_t *caps) {
    CARD();
    (void) sensor;
    caps[0] = (uint64_t) figure_of(card, "power.limit", 750000) * 1000;
    return 0;
}

int amdsmi_get_energy_count(void *device, uint64_t *count, float *resolution, uint64_t *time) {
    CARD();
    (void) card;
    *count = 1000000;
    *resolution = 15.5f;
    *time = 1;
    return 0;
}

int amdsmi_get_clock_info(void *device, unsigned type, uint32_t *clock) {
    CARD();
    clock[0] = (uint32_t) (type == 4 ? figure_of(card, "clock.memory", 1300) : figure_of(card, "clock.sm", 2100));
    return 0;
}

int amdsmi_get_gpu_pci_replay_counter(void *device, uint64_t *count) {
    CARD();
    *count = (uint64_t) figure_of(card, "replays", 2);
    return 0;
}

int amdsmi_get_gpu_total_ecc_count(void *device, uint64_t *counts) {
    CARD();
    (void) card;
    counts[0] = 7;
    counts[1] = 0;
    return 0;
}

typedef struct {
    char name[32];
    uint32_t pid;
    uint64_t bytes;
    struct { uint64_t gfx, enc; uint32_t reserved[12]; } engines;
    struct { uint64_t gtt, cpu, vram; uint32_t reserved[10]; } memory;
    char container[32];
    uint32_t reserved[4];
} process_t;

int amdsmi_get_gpu_process_list(void *device, uint32_t *most, process_t *list) {
    CARD();
    uint32_t there = 0;
    long pid; long long bytes; int percent;
    for (; there < *most && process_of(card, there, &pid, &bytes, &percent); there++) {
        memset(&list[there], 0, sizeof list[there]);
        list[there].pid = (uint32_t) pid;
        list[there].memory.vram = (uint64_t) bytes;
    }
    *most = there;
    return 0;
}
