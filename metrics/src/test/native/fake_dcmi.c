/* A libdcmi.so without a driver, written from the declarations of dcmi_interface_api.h. One chip on each card. */
#include "fake_driver.h"

#define DEVICE_NOT_EXIST -8008

#define CARD() \
    ANSWER(); \
    (void) chip; \
    if (figure_of(card, "lost", 0)) return DEVICE_NOT_EXIST

int dcmi_init(void) {
    ANSWER();
    return 0;
}

int dcmi_get_driver_version(char *version, unsigned length) {
    ANSWER();
    snprintf(version, length, "24.1.rc2");
    return 0;
}

int dcmi_get_card_list(int *count, int *list, int length) {
    ANSWER();
    *count = cards();
    for (int i = 0; i < *count && i < length; i++) list[i] = i;
    return 0;
}

int dcmi_get_device_id_in_card(int card, int *chips, int *controller, int *processor) {
    ANSWER();
    (void) card;
    *chips = 1;
    *controller = *processor = -1;
    return 0;
}

int dcmi_get_device_die_v2(int card, int chip, int type, unsigned *die) {
    CARD();
    if (type != 1) return -8001;
    for (int i = 0; i < 5; i++) die[i] = 0xa0 + card * 16 + i;
    return 0;
}

int dcmi_get_device_chip_info(int card, int chip, char *info) {
    CARD();
    strcpy(info, "Ascend");
    strcpy(info + 32, "910B3");
    return 0;
}

int dcmi_get_device_pcie_info_v2(int card, int chip, unsigned *info) {
    CARD();
    info[4] = 0xffff;
    info[5] = 0x3b + card;
    info[6] = info[7] = 0;
    return 0;
}

int dcmi_get_device_logic_id(int *id, int card, int chip) {
    CARD();
    *id = card;
    return 0;
}

int dcmi_get_device_phyid_from_logicid(unsigned logical, unsigned *physical) {
    ANSWER();
    *physical = logical;
    return 0;
}

typedef struct { unsigned long long size; unsigned mhz; unsigned long long used; int degrees; unsigned bandwidth; } hbm_t;

int dcmi_get_device_hbm_info(int card, int chip, hbm_t *hbm) {
    CARD();
    hbm->size = (unsigned long long) (figure_of(card, "memory.total", 85520809984.0) / 1048576);
    hbm->used = (unsigned long long) (figure_of(card, "memory.used", 1000000000.0) / 1048576);
    hbm->mhz = 1600;
    hbm->degrees = (int) figure_of(card, "temperature.memory", 41);
    hbm->bandwidth = 0;
    return 0;
}

int dcmi_get_device_health(int card, int chip, unsigned *health) {
    CARD();
    *health = (unsigned) figure_of(card, "health", 0);
    return 0;
}

int dcmi_get_device_utilization_rate(int card, int chip, int type, unsigned *rate) {
    CARD();
    *rate = (unsigned) figure_of(card, type == 2 ? "util" : "util.memory", 0);
    return 0;
}

int dcmi_get_device_temperature(int card, int chip, int *degrees) {
    CARD();
    *degrees = (int) figure_of(card, "temperature", 41);
    return 0;
}

int dcmi_get_device_power_info(int card, int chip, int *tenths) {
    CARD();
    *tenths = (int) (figure_of(card, "power", 123456) / 100);
    return 0;
}

int dcmi_get_device_frequency(int card, int chip, int type, unsigned *mhz) {
    CARD();
    *mhz = (unsigned) (type == 6 ? figure_of(card, "clock.memory", 1600) : figure_of(card, "clock.sm", 1800));
    return 0;
}

int dcmi_get_device_ecc_info(int card, int chip, int type, unsigned *ecc) {
    CARD();
    if (type != 2) return -8001;
    memset(ecc, 0, 28);
    ecc[0] = 1;
    ecc[1] = 7;
    return 0;
}

typedef struct { int pid; unsigned long bytes; } process_t;

int dcmi_get_device_resource_info(int card, int chip, process_t *list, int *count) {
    CARD();
    int there = 0;
    long pid; long long bytes; int percent;
    for (; there < *count && process_of(card, there, &pid, &bytes, &percent); there++) {
        list[there].pid = (int) pid;
        list[there].bytes = (unsigned long) bytes;
    }
    *count = there;
    return 0;
}

int dcmi_get_device_errorcode_v2(int card, int chip, int *count, unsigned *codes, unsigned length) {
    CARD();
    char key[32], value[256];
    snprintf(key, sizeof key, "%d.error", card);
    for (*count = 0; *count < (int) length && line_of(key, *count, value, sizeof value); (*count)++) {
        codes[*count] = (unsigned) strtoul(value, NULL, 0);
    }
    return 0;
}
