/* What the fake drivers share: a world described by lines of "key value" in the file named by CONTROL (set when it is
 * compiled). The file is read anew at every call, so that a test changes the world by writing it.
 *
 *   cards 2                      how many there are
 *   0.temperature 55             a figure of card 0; each has a default
 *   0.lost 1                     card 0 has fallen off the bus
 *   0.process 4711 1048576 37    pid, bytes, percent; as many lines as there are processes
 *   fail.nvmlInit_v2 9           the function returns 9
 *   hang.nvmlInit_v2 1           the function does not return while this line is there
 *   event 3 0 79                 number, card, code: handed out once, by rising number
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CONTROL
#error "compile with -DCONTROL='\"/path/of/the/control/file\"'"
#endif

#define MOST_CARDS 16

/* The value of the nth line with that key; 0 where there is none. */
static int line_of(const char *key, int nth, char *value, size_t size) {
    FILE *file = fopen(CONTROL, "r");
    if (file == NULL) return 0;
    char line[512];
    size_t length = strlen(key);
    int found = 0;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, length) != 0 || line[length] != ' ' || nth-- > 0) continue;
        line[strcspn(line, "\n")] = 0;
        snprintf(value, size, "%s", line + length + 1);
        found = 1;
    }
    fclose(file);
    return found;
}

static double figure(const char *key, double otherwise) {
    char value[256];
    return line_of(key, 0, value, sizeof value) ? atof(value) : otherwise;
}

static double figure_of(int card, const char *name, double otherwise) {
    char key[128];
    snprintf(key, sizeof key, "%d.%s", card, name);
    return figure(key, otherwise);
}

/* The status a test wants of this function. Does not come back while the test wants it to hang. */
static int wanted_status(const char *function) {
    char key[160];
    snprintf(key, sizeof key, "hang.%s", function);
    while (figure(key, 0) != 0) usleep(10000);
    snprintf(key, sizeof key, "fail.%s", function);
    return (int) figure(key, 0);
}

static int cards(void) {
    return (int) figure("cards", 2);
}

/* The nth process of a card. */
static int process_of(int card, int nth, long *pid, long long *bytes, int *percent) {
    char key[64], value[256];
    snprintf(key, sizeof key, "%d.process", card);
    return line_of(key, nth, value, sizeof value) && sscanf(value, "%ld %lld %d", pid, bytes, percent) == 3;
}

/* The next event after the one last given. */
static __attribute__((unused)) int next_event(int *card, int *code) {
    static int last = 0;
    char value[256];
    for (int nth = 0; line_of("event", nth, value, sizeof value); nth++) {
        int number;
        if (sscanf(value, "%d %d %d", &number, card, code) != 3 || number <= last) continue;
        last = number;
        return 1;
    }
    return 0;
}

#define ANSWER() do { int status_ = wanted_status(__func__); if (status_) return status_; } while (0)
