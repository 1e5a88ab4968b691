// The measuring client's hot loops, called from `wire.py` through ctypes (which lets go of the GIL, so
// that one thread can blast while another takes round trips).
//
// Requests arrive here as finished bytes and answers are only searched for their msg_id and type: what
// is timed is the gateway and not a Python client. A message costs well under a microsecond.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

enum { CLOSED = -1, LATE = 0, MESSAGE = 1 };  // what reading came to
enum { BUFFER = 256 * 1024 };

// ---------------------------------------------------------------- one websocket

typedef struct {
  int fd, close_code;
  size_t keep;  // of a message longer than the buffer only so much is kept; its length is always right
  size_t from, to;
  uint8_t *whole;
  size_t kept, room;
  uint8_t buf[BUFFER];
} line;

typedef struct {
  const uint8_t *p;
  size_t kept, len;
  int opcode;
} message;

line *line_new(int fd, const void *already, size_t n) {
  line *l = calloc(1, sizeof *l);
  if (!l || n > BUFFER) return NULL;
  l->fd = fd, l->keep = SIZE_MAX, l->to = n;
  memcpy(l->buf, already, n);
  struct timeval tick = {.tv_usec = 200000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
  return l;
}

void line_free(line *l) {
  free(l->whole);
  free(l);
}

void line_keep(line *l, size_t keep) { l->keep = keep; }
int line_close_code(line *l) { return l->close_code; }

static int send_all(int fd, const uint8_t *p, size_t n) {
  while (n) {
    ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return 0;
    p += sent, n -= sent;
  }
  return 1;
}

// Reads until at least `n` bytes (at most BUFFER) stand at l->from.
static int fill(line *l, size_t n, double deadline) {
  while (l->to - l->from < n) {
    if (l->from == l->to) l->from = l->to = 0;
    if (l->from && BUFFER - l->from < n) {
      memmove(l->buf, l->buf + l->from, l->to - l->from);
      l->to -= l->from, l->from = 0;
    }
    ssize_t got = recv(l->fd, l->buf + l->to, BUFFER - l->to, deadline ? 0 : MSG_DONTWAIT);
    if (got > 0) {
      l->to += got;
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!deadline || now() > deadline) return LATE;
    } else {
      return CLOSED;
    }
  }
  return MESSAGE;
}

static int keep_bytes(line *l, const uint8_t *p, size_t n) {
  if (l->kept >= l->keep) return 1;
  if (n > l->keep - l->kept) n = l->keep - l->kept;
  if (l->kept + n > l->room) {
    l->room = (l->kept + n) * 2;
    if (!(l->whole = realloc(l->whole, l->room))) return 0;
  }
  memcpy(l->whole + l->kept, p, n);
  l->kept += n;
  return 1;
}

static int control_frame(line *l, int opcode, const uint8_t *p, size_t n) {
  if (opcode == 8) {
    l->close_code = n >= 2 ? p[0] << 8 | p[1] : 1005;
    return CLOSED;
  }
  if (opcode == 9 && n < 126) {
    uint8_t pong[131] = {0x8a, 0x80 | n, 0, 0, 0, 0};
    memcpy(pong + 6, p, n);
    if (!send_all(l->fd, pong, n + 6)) return CLOSED;
  }
  return MESSAGE;
}

// The next data message, put together from its fragments. Valid until the next call.
// deadline 0: only what is there already (a message that has begun is waited for).
static int next(line *l, double deadline, message *m) {
  l->kept = 0;
  m->len = 0;
  m->opcode = 0;
  for (;;) {
    int r = fill(l, 2, m->opcode && !deadline ? now() + 60 : deadline);
    if (r != MESSAGE) return r;
    double finish = deadline > 0 ? deadline : now() + 60;
    uint8_t *h = l->buf + l->from;
    int fin = h[0] & 0x80, opcode = h[0] & 15, head = 2;
    uint64_t len = h[1] & 127;
    if (len >= 126) {
      head = len == 126 ? 4 : 10;
      if ((r = fill(l, head, finish)) != MESSAGE) return r;
      h = l->buf + l->from;
      len = 0;
      for (int i = 2; i < head; i++) len = len << 8 | h[i];
    }
    if (opcode >= 8) {
      if ((r = fill(l, head + len, finish)) != MESSAGE) return r;
      r = control_frame(l, opcode, l->buf + l->from + head, len);
      l->from += head + len;
      if (r != MESSAGE) return r;
      continue;
    }
    if (opcode) m->opcode = opcode;
    if (fin && !m->len && head + len <= BUFFER / 2) {  // the usual case: no copy
      if ((r = fill(l, head + len, finish)) != MESSAGE) return r;
      m->p = l->buf + l->from + head;
      m->len = m->kept = len;
      l->from += head + len;
      return MESSAGE;
    }
    l->from += head;
    m->len += len;
    while (len) {
      if ((r = fill(l, 1, finish)) != MESSAGE) return r;
      size_t n = l->to - l->from;
      if (n > len) n = len;
      if (!keep_bytes(l, l->buf + l->from, n)) return CLOSED;
      l->from += n, len -= n;
    }
    if (fin) {
      m->p = l->whole, m->kept = l->kept;
      return MESSAGE;
    }
  }
}

int line_next(line *l, double timeout, message *m) { return next(l, timeout > 0 ? now() + timeout : 0, m); }

static int has(const message *m, const char *needle, size_t n) { return memmem(m->p, m->kept, needle, n) != NULL; }
#define HAS(m, literal) has(m, literal, sizeof literal - 1)

// ---------------------------------------------------------------- measuring a websocket

enum { REPLIED = 1, IDLED = 2, BOTH = 3 };

static int part_of_answer(const message *m, const char *id) {
  if (m->len > 65536 || !has(m, id, 32)) return 0;
  if (HAS(m, "\"execute_reply\"") || HAS(m, "\"kernel_info_reply\"")) return REPLIED;
  return HAS(m, "\"status\"") && HAS(m, "\"idle\"") ? IDLED : 0;
}

// Sends request i (blob[ends[i-1]..ends[i]), whose msg_id is ids[32 i..]) and waits for its reply and its
// idle, n times or until `budget` seconds are over. Returns how often; a negative number: broke after that.
int line_roundtrips(line *l, const uint8_t *blob, const uint64_t *ends, const char *ids, int n, double budget,
                    double timeout, double *replied, double *idled) {
  double stop = now() + budget;
  for (int i = 0; i < n; i++) {
    uint64_t from = i ? ends[i - 1] : 0;
    double t0 = now();
    if (i >= 20 && t0 > stop) return i;
    if (!send_all(l->fd, blob + from, ends[i] - from)) return -i - 1;
    for (int seen = 0; seen != BOTH;) {
      message m;
      if (next(l, t0 + timeout, &m) != MESSAGE) return -i - 1;
      int what = part_of_answer(&m, ids + 32 * i);
      if (what == REPLIED) replied[i] = now() - t0;
      if (what == IDLED) idled[i] = now() - t0;
      seen |= what;
    }
  }
  return n;
}

typedef struct {
  uint64_t messages, lines, bytes;
  double asked, first, last, replied, idled;
  int ended;  // BOTH when the storm's reply and idle came
} tally;

static void count(tally *t, const message *m, const char *id, const char *marker, size_t marker_len, int lines) {
  double at = now();
  if (has(m, marker, marker_len)) {
    if (!t->messages) t->first = at;
    t->last = at;
    t->messages++;
    t->bytes += m->len;
    if (!lines) return;
    for (const uint8_t *p = m->p, *end = p + m->kept; (p = memmem(p, end - p, "\\n", 2)); p += 2) t->lines++;
    return;
  }
  int what = part_of_answer(m, id);
  t->ended |= what;
  if (what == REPLIED) t->replied = at;
  if (what == IDLED) t->idled = at;
}

// Asks for a storm and counts the messages that hold `marker` until the request's reply and idle are
// there. Gives up after `quiet` seconds without a message. lines: count newlines too (streams may be merged).
int line_storm(line *l, const uint8_t *request, size_t n, const char *id, const char *marker, int lines, double quiet,
               tally *t) {
  size_t marker_len = strlen(marker), keep = l->keep;
  memset(t, 0, sizeof *t);
  if (!lines) l->keep = 4096;
  t->asked = now();
  int r = send_all(l->fd, request, n) ? MESSAGE : CLOSED;
  while (r == MESSAGE && t->ended != BOTH) {
    message m;
    if ((r = next(l, now() + quiet, &m)) == MESSAGE) count(t, &m, id, marker, marker_len, lines);
  }
  l->keep = keep;
  return r;
}

// Reads everything that comes to these websockets and throws it away, until *stop.
int lines_drain(line **all, int n, volatile int *stop) {
  int ep = epoll_create1(0), alive = n;
  for (int i = 0; i < n; i++) {
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = all[i]};
    epoll_ctl(ep, EPOLL_CTL_ADD, all[i]->fd, &e);
    all[i]->keep = 0;
  }
  while (!*stop) {
    struct epoll_event events[256];
    int got = epoll_wait(ep, events, 256, 50);
    for (int i = 0; i < got; i++) {
      line *l = events[i].data.ptr;
      message m;
      int r;
      while ((r = next(l, 0, &m)) == MESSAGE) {}
      if (r == CLOSED) {
        epoll_ctl(ep, EPOLL_CTL_DEL, l->fd, NULL);
        alive--;
      }
    }
  }
  close(ep);
  return alive;
}

// ---------------------------------------------------------------- straight to ZeroMQ: the limit
// The very libzmq that pyzmq brought, on sockets that pyzmq opened.

typedef struct {
  uint8_t _[64];
} zmsg;
typedef struct {
  void *socket;
  int fd;
  short events, revents;
} zpoll;

static int (*z_init)(zmsg *), (*z_recv)(zmsg *, void *, int), (*z_close)(zmsg *), (*z_more)(const zmsg *),
    (*z_send)(void *, const void *, size_t, int), (*z_poll)(zpoll *, int, long);
static void *(*z_data)(zmsg *);
static size_t (*z_size)(const zmsg *);

int zmq_use(const char *path) {
  void *lib = dlopen(path, RTLD_NOW);
  if (!lib) return 0;
  *(void **)&z_init = dlsym(lib, "zmq_msg_init"), *(void **)&z_recv = dlsym(lib, "zmq_msg_recv");
  *(void **)&z_close = dlsym(lib, "zmq_msg_close"), *(void **)&z_more = dlsym(lib, "zmq_msg_more");
  *(void **)&z_send = dlsym(lib, "zmq_send"), *(void **)&z_poll = dlsym(lib, "zmq_poll");
  *(void **)&z_data = dlsym(lib, "zmq_msg_data"), *(void **)&z_size = dlsym(lib, "zmq_msg_size");
  return z_init && z_recv && z_close && z_more && z_send && z_poll && z_data && z_size;
}

// One multipart message, its frames joined in `room` (as much as fits). 0: none there.
static int zmq_next(void *socket, uint8_t *room, size_t size, message *m) {
  *m = (message){.p = room};
  for (int first = 1;; first = 0) {
    zmsg part;
    z_init(&part);
    if (z_recv(&part, socket, first ? 1 /* ZMQ_DONTWAIT */ : 0) < 0) return 0;
    size_t n = z_size(&part), fits = n < size - m->kept ? n : size - m->kept;
    memcpy(room + m->kept, z_data(&part), fits);
    m->kept += fits, m->len += n;
    int more = z_more(&part);
    z_close(&part);
    if (!more) return 1;
  }
}

static int zmq_ask(void *shell, const uint8_t *p, const uint32_t *frames, int n) {
  for (int i = 0; i < n; p += frames[i++])
    if (z_send(shell, p, frames[i], i + 1 < n ? 2 /* ZMQ_SNDMORE */ : 0) < 0) return 0;
  return 1;
}

// As line_roundtrips; frames: the lengths of each request's frames, `per` to a request.
int zmq_roundtrips(void *shell, void *iopub, const uint8_t *blob, const uint64_t *ends, const uint32_t *frames, int per,
                   const char *ids, int n, double budget, double timeout, double *replied, double *idled) {
  static uint8_t room[65536];
  double stop = now() + budget;
  for (int i = 0; i < n; i++) {
    double t0 = now();
    if (i >= 20 && t0 > stop) return i;
    if (!zmq_ask(shell, blob + (i ? ends[i - 1] : 0), frames + i * per, per)) return -i - 1;
    for (int seen = 0; seen != BOTH;) {
      zpoll p[2] = {{shell, 0, 1, 0}, {iopub, 0, 1, 0}};
      if (z_poll(p, 2, 1000) < 0 || now() > t0 + timeout) return -i - 1;
      for (int s = 0; s < 2; s++) {
        message m;
        while (p[s].revents && zmq_next(p[s].socket, room, sizeof room, &m)) {
          int what = part_of_answer(&m, ids + 32 * i);
          if (what == REPLIED) replied[i] = now() - t0;
          if (what == IDLED) idled[i] = now() - t0;
          seen |= what;
        }
      }
    }
  }
  return n;
}

int zmq_storm(void *shell, void *iopub, const uint8_t *request, const uint32_t *frames, int per, const char *id,
              const char *marker, int lines, double quiet, tally *t) {
  static uint8_t room[65536];
  size_t marker_len = strlen(marker);
  memset(t, 0, sizeof *t);
  t->asked = now();
  if (!zmq_ask(shell, request, frames, per)) return CLOSED;
  while (t->ended != BOTH) {
    zpoll p[2] = {{iopub, 0, 1, 0}, {shell, 0, 1, 0}};
    if (z_poll(p, 2, quiet * 1000) <= 0) return LATE;
    for (int s = 0; s < 2; s++) {
      message m;
      while (p[s].revents && zmq_next(p[s].socket, room, lines ? sizeof room : 4096, &m))
        count(t, &m, id, marker, marker_len, lines);
    }
  }
  return MESSAGE;
}
