// A Jupyter kernel that costs nothing, so that what is measured is the gateway.
//
//   blast_kernel CONNECTION_FILE          (transport tcp or ipc)
//
// It speaks ZMTP 3.0 itself: messages are framed and signed before the first byte leaves, then handed
// to writev, so the kernel is never what limits a storm. Nothing is ever dropped here: every subscriber
// has its own position in one shared log, and what a subscriber has not taken yet waits for it (as with
// ZMQ_SNDHWM = 0). Any loss a client sees is therefore the gateway's.
//
// What `execute_request` understands as code:
//   (empty)                 answer at once
//   blast N SIZE [KIND]     N iopub messages of SIZE bytes; KIND: display (default), stream, buffer
//   sleep MS                be busy that long
//   die_at NS               kill -9 oneself at that CLOCK_MONOTONIC instant
//   pid                     print the process id
// Written as `blast_kernel.py` too, on pyzmq, to check that this one behaves like an ordinary kernel.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "blast_kernel: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void *need(void *p) {
  if (!p) die("out of memory");
  return p;
}

// ---------------------------------------------------------------- SHA-256 and HMAC (FIPS 180-4, RFC 2104)

typedef struct {
  uint32_t h[8];
  uint64_t n;
  uint8_t part[64];
} sha;

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define ROR(x, n) ((x) >> (n) | (x) << (32 - (n)))

static void sha_block(sha *s, const uint8_t *p) {
  uint32_t w[64], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4], f = s->h[5],
                  g = s->h[6], h = s->h[7];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + (ROR(x, 7) ^ ROR(x, 18) ^ x >> 3) + w[i - 7] +
           (ROR(y, 17) ^ ROR(y, 19) ^ y >> 10);
  }
  for (int i = 0; i < 64; i++) {
    uint32_t t = h + (ROR(e, 6) ^ ROR(e, 11) ^ ROR(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    uint32_t u = (ROR(a, 2) ^ ROR(a, 13) ^ ROR(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
  }
  s->h[0] += a, s->h[1] += b, s->h[2] += c, s->h[3] += d;
  s->h[4] += e, s->h[5] += f, s->h[6] += g, s->h[7] += h;
}

static void sha_start(sha *s) {
  static const uint32_t h0[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(s->h, h0, sizeof h0);
  s->n = 0;
}

static void sha_add(sha *s, const void *data, size_t len) {
  const uint8_t *p = data;
  size_t have = s->n % 64;
  s->n += len;
  if (have) {
    size_t take = 64 - have < len ? 64 - have : len;
    memcpy(s->part + have, p, take);
    p += take, len -= take;
    if (have + take < 64) return;
    sha_block(s, s->part);
  }
  for (; len >= 64; p += 64, len -= 64) sha_block(s, p);
  memcpy(s->part, p, len);
}

static void sha_end(sha *s, uint8_t out[32]) {
  uint64_t bits = s->n * 8;
  uint8_t pad[72] = {0x80}, size[8];
  for (int i = 0; i < 8; i++) size[i] = bits >> (56 - 8 * i);
  sha_add(s, pad, (s->n % 64 < 56 ? 56 : 120) - s->n % 64);
  sha_add(s, size, 8);
  for (int i = 0; i < 32; i++) out[i] = s->h[i / 4] >> (24 - 8 * (i % 4));
}

static sha key_inner, key_outer;  // HMAC's two first blocks, hashed once
static int signing;

static void hmac_key(const char *key) {
  uint8_t block[64] = {0}, inner[64], outer[64];
  size_t len = strlen(key);
  if (len > 64) {
    sha s;
    sha_start(&s), sha_add(&s, key, len), sha_end(&s, block);
  } else {
    memcpy(block, key, len);
  }
  for (int i = 0; i < 64; i++) inner[i] = block[i] ^ 0x36, outer[i] = block[i] ^ 0x5c;
  sha_start(&key_inner), sha_add(&key_inner, inner, 64);
  sha_start(&key_outer), sha_add(&key_outer, outer, 64);
  signing = len > 0;
}

typedef struct {
  const void *p;
  size_t n;
} bytes;

static size_t hmac_hex(const bytes *parts, int count, char out[65]) {
  if (!signing) return 0;
  uint8_t digest[32];
  sha s = key_inner;
  for (int i = 0; i < count; i++) sha_add(&s, parts[i].p, parts[i].n);
  sha_end(&s, digest);
  s = key_outer;
  sha_add(&s, digest, 32);
  sha_end(&s, digest);
  for (int i = 0; i < 32; i++) {
    out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  return 64;
}

// ---------------------------------------------------------------- just enough JSON

// The raw value of `"name":` in a flat object: inside the quotes for a string. No nesting is looked at.
static bytes json_value(bytes in, const char *name) {
  char quoted[64];
  size_t q = snprintf(quoted, sizeof quoted, "\"%s\"", name);
  const char *p = memmem(in.p, in.n, quoted, q), *end = (const char *)in.p + in.n;
  if (!p) return (bytes){"", 0};
  p += q;
  while (p < end && (*p == ' ' || *p == ':' || *p == '\n')) p++;
  if (p < end && *p == '"') {
    const char *from = ++p;
    while (p < end && *p != '"') p += *p == '\\' ? 2 : 1;
    return (bytes){from, p - from};
  }
  const char *from = p;
  while (p < end && *p != ',' && *p != '}' && *p != '\n') p++;
  return (bytes){from, p - from};
}

static void json_text(bytes in, const char *name, char *out, size_t room) {
  bytes v = json_value(in, name);
  if (v.n >= room) v.n = room - 1;
  memcpy(out, v.p, v.n);
  out[v.n] = 0;
}

// ---------------------------------------------------------------- outgoing bytes

// A payload that many messages end with: kept once, freed with the last of them.
typedef struct {
  size_t refs, len;
  uint8_t data[];
} payload;

// A piece of ready wire bytes: its own, then perhaps a payload.
typedef struct chunk {
  struct chunk *next;
  uint64_t seq;
  size_t own, tail;
  payload *shared;
  uint8_t data[];
} chunk;

typedef struct {
  chunk *first, *last;
  uint64_t end;  // seq of the chunk that comes next
} chain;

typedef struct {
  uint8_t *p;
  size_t n, room;
} text;

static void put(text *t, const void *p, size_t n) {
  if (t->n + n > t->room) {
    t->room = (t->n + n) * 2 + 256;
    t->p = need(realloc(t->p, t->room));
  }
  memcpy(t->p + t->n, p, n);
  t->n += n;
}

static void put_frame_head(text *t, int flags, size_t len) {
  uint8_t head[9];
  if (len < 256) {
    head[0] = flags, head[1] = len;
    put(t, head, 2);
    return;
  }
  head[0] = flags | 2;
  for (int i = 0; i < 8; i++) head[1 + i] = (uint64_t)len >> (56 - 8 * i);
  put(t, head, 9);
}

static void put_frame(text *t, int more, const void *p, size_t n) {
  put_frame_head(t, more, n);
  put(t, p, n);
}

static chunk *chunk_of(text *t, payload *shared) {
  chunk *c = need(malloc(sizeof *c + t->n));
  *c = (chunk){.own = t->n, .shared = shared, .tail = shared ? shared->len : 0};
  if (shared) shared->refs++;
  memcpy(c->data, t->p, t->n);
  t->n = 0;
  return c;
}

static void release(payload *p) {
  if (p && --p->refs == 0) free(p);
}

static void append(chain *to, chunk *c) {
  c->seq = to->end++;
  c->next = NULL;
  if (to->last) to->last->next = c;
  else to->first = c;
  to->last = c;
}

// ---------------------------------------------------------------- messages

static char session[33];
static uint64_t counter;

static size_t make_header(char *out, size_t room, const char *type) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  char date[32];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  return snprintf(out, room,
                  "{\"msg_id\": \"%s_%llu\", \"session\": \"%s\", \"username\": \"blast\", "
                  "\"date\": \"%s.%06ldZ\", \"msg_type\": \"%s\", \"version\": \"5.3\"}",
                  session, (unsigned long long)counter++, session, date, now.tv_nsec / 1000, type);
}

// Frames one signed message into `t`. The content's or the buffer's bytes are left out when they are
// `shared`: the caller hangs them onto the chunk, which ends with them.
static void frame_message(text *t, const char *topic, const char *type, bytes parent, bytes content,
                          int content_shared, size_t buffer_len) {
  char header[512], hex[65];
  size_t n = make_header(header, sizeof header, type);
  bytes signed_parts[4] = {{header, n}, parent, {"{}", 2}, content};
  size_t sig = hmac_hex(signed_parts, 4, hex);
  if (topic) put_frame(t, 1, topic, strlen(topic));
  put_frame(t, 1, "<IDS|MSG>", 9);
  put_frame(t, 1, hex, sig);
  put_frame(t, 1, header, n);
  put_frame(t, 1, parent.p, parent.n);
  put_frame(t, 1, "{}", 2);
  put_frame_head(t, buffer_len ? 1 : 0, content.n);
  if (!content_shared) put(t, content.p, content.n);
  if (buffer_len) put_frame_head(t, 0, buffer_len);
}

// ---------------------------------------------------------------- connections

enum { SHELL, CONTROL, STDIN, IOPUB, HB, CHANNELS };
static const char *channel_name[] = {"shell", "control", "stdin", "iopub", "hb"};
static const char *socket_type[] = {"ROUTER", "ROUTER", "ROUTER", "PUB", "REP"};

typedef struct peer {
  struct peer *next;
  int fd, channel, greeted, ready, writing;
  uint8_t *in;
  size_t in_n, in_room;
  text out;  // handshake and replies; on iopub only the handshake
  size_t out_sent;
  chunk *at;  // iopub: where in the log this subscriber is; NULL = at its end
  size_t at_sent;
  int subscribed, gone;
} peer;

static int ep, listener[CHANNELS], leaving;
static peer *peers;
static chain feed;  // what iopub says, kept until the slowest subscriber has it
static void handle(peer *from, bytes *frames, int count);

static void want(peer *p, int write) {
  if (p->writing == write) return;
  p->writing = write;
  struct epoll_event e = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = p};
  epoll_ctl(ep, EPOLL_CTL_MOD, p->fd, &e);
}

static void flush_replies(peer *p) {
  while (p->out_sent < p->out.n) {
    ssize_t n = send(p->fd, p->out.p + p->out_sent, p->out.n - p->out_sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) p->gone = 1;
      break;
    }
    p->out_sent += n;
  }
  if (p->out_sent == p->out.n) p->out.n = p->out_sent = 0;
}

static void flush_feed(peer *p) {
  while (p->at) {
    struct iovec v[128];
    int n = 0;
    size_t skip = p->at_sent;
    for (chunk *c = p->at; c && n < 126; c = c->next, skip = 0) {
      if (skip < c->own) v[n++] = (struct iovec){c->data + skip, c->own - skip};
      size_t s = skip > c->own ? skip - c->own : 0;
      if (s < c->tail) v[n++] = (struct iovec){c->shared->data + s, c->tail - s};
    }
    struct msghdr m = {.msg_iov = v, .msg_iovlen = n};
    ssize_t sent = sendmsg(p->fd, &m, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) p->gone = 1;
      return;
    }
    for (p->at_sent += sent; p->at && p->at_sent >= p->at->own + p->at->tail; p->at = p->at->next)
      p->at_sent -= p->at->own + p->at->tail;
  }
}

static void flush(peer *p) {
  if (p->out.n) flush_replies(p);
  if (!p->out.n && p->channel == IOPUB && p->subscribed) flush_feed(p);
  want(p, p->out.n || p->at);
}

static void trim_feed(void) {
  uint64_t keep = feed.end;
  for (peer *p = peers; p; p = p->next)
    if (p->at && p->at->seq < keep) keep = p->at->seq;
  while (feed.first && feed.first->seq < keep) {
    chunk *c = feed.first;
    feed.first = c->next;
    if (!feed.first) feed.last = NULL;
    release(c->shared);
    free(c);
  }
}

// Gives chunks from `first` on to every subscriber, now or when its socket takes them.
static void publish(chunk *first) {
  for (peer *p = peers; p; p = p->next)
    if (p->channel == IOPUB && p->subscribed) {
      if (!p->at) p->at = first, p->at_sent = 0;
      flush(p);
    }
  trim_feed();
}

static void say(const char *topic, const char *type, bytes parent, const char *content) {
  static text t;
  frame_message(&t, topic, type, parent, (bytes){content, strlen(content)}, 0, 0);
  chunk *c = chunk_of(&t, NULL);
  append(&feed, c);
  publish(c);
}

static void status(const char *state, bytes parent) {
  char content[64];
  snprintf(content, sizeof content, "{\"execution_state\": \"%s\"}", state);
  say("status", "status", parent, content);
}

static void greet(peer *p) {
  uint8_t greeting[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0, 'N', 'U', 'L', 'L'};
  put(&p->out, greeting, 64);
  const char *type = socket_type[p->channel];
  uint8_t ready[64] = {5, 'R', 'E', 'A', 'D', 'Y', 11};
  size_t n = 7, len = strlen(type);
  memcpy(ready + n, "Socket-Type", 11), n += 11;
  ready[n + 3] = len, n += 4;
  memcpy(ready + n, type, len), n += len;
  put_frame(&p->out, 4, ready, n);
  flush(p);
}

static void accept_peer(int channel) {
  int fd = accept4(listener[channel], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  peer *p = need(calloc(1, sizeof *p));
  p->fd = fd, p->channel = channel, p->next = peers, peers = p;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = p};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  greet(p);
}

// One whole multipart message, or a command, out of p->in. Returns the bytes used, 0 if incomplete.
static size_t take_message(peer *p) {
  enum { MAX = 64 };
  bytes frames[MAX];
  int count = 0;
  for (size_t at = 0;;) {
    if (at + 2 > p->in_n) return 0;
    int flags = p->in[at];
    uint64_t len = p->in[at + 1];
    size_t head = 2;
    if (flags & 2) {
      if (at + 9 > p->in_n) return 0;
      head = 9, len = 0;
      for (int i = 0; i < 8; i++) len = len << 8 | p->in[at + 1 + i];
    }
    if (at + head + len > p->in_n) return 0;
    uint8_t *body = p->in + at + head;
    at += head + len;
    if (flags & 4) {
      if (len > 6 && !memcmp(body, "\5READY", 6)) p->ready = 1;
      return at;
    }
    if (count < MAX) frames[count++] = (bytes){body, len};
    if (!(flags & 1)) {
      handle(p, frames, count);
      return at;
    }
  }
}

static void read_peer(peer *p) {
  for (;;) {
    if (p->in_room - p->in_n < 65536) p->in = need(realloc(p->in, p->in_room = p->in_n * 2 + 131072));
    ssize_t n = recv(p->fd, p->in + p->in_n, p->in_room - p->in_n, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      p->gone = 1;
      return;
    }
    p->in_n += n;
    size_t used = 0;
    if (!p->greeted) {
      if (p->in_n < 64) continue;
      p->greeted = 1, used = 64;
    }
    for (;;) {
      uint8_t *whole = p->in;
      size_t all = p->in_n;
      p->in += used, p->in_n -= used;
      size_t n = take_message(p);
      p->in = whole, p->in_n = all;
      if (!n) break;
      used += n;
    }
    memmove(p->in, p->in + used, p->in_n - used);
    p->in_n -= used;
    if (p->in_room > 1 << 20 && p->in_n == 0) free(p->in), p->in = NULL, p->in_room = 0;
    if (n < 65536) return;  // most likely drained; epoll is level-triggered anyway
  }
}

static void bury_the_gone(void) {
  for (peer **at = &peers; *at;) {
    peer *p = *at;
    if (!p->gone) {
      at = &p->next;
      continue;
    }
    *at = p->next;
    close(p->fd);
    free(p->in), free(p->out.p), free(p);
  }
  trim_feed();
}

// ---------------------------------------------------------------- what the kernel does

static void blast(const char *code, bytes parent) {
  size_t count = 0, size = 0;
  char kind[16] = "display";
  if (sscanf(code, "blast %zu %zu %15s", &count, &size, kind) < 2 || !count) return;
  int buffer = !strcmp(kind, "buffer"), stream = !strcmp(kind, "stream");
  const char *type = buffer ? "comm_msg" : stream ? "stream" : "display_data";
  const char *before = buffer   ? ""
                       : stream ? "{\"name\": \"stdout\", \"text\": \""
                                : "{\"data\": {\"text/plain\": \"";
  const char *after = buffer   ? ""
                      : stream ? "\\n\"}"
                               : "\"}, \"metadata\": {}, \"transient\": {}}";
  size_t head = strlen(before), foot = strlen(after);
  payload *body = need(malloc(sizeof *body + head + size + foot));
  *body = (payload){.refs = 1, .len = head + size + foot};
  memcpy(body->data, before, head);
  memset(body->data + head, 'x', size);
  memcpy(body->data + head + size, after, foot);
  const char *comm = "{\"comm_id\": \"blast\", \"data\": {}}";
  bytes content = buffer ? (bytes){comm, strlen(comm)} : (bytes){body->data, body->len};
  int apart = buffer || body->len > 16384;  // worth keeping once for all messages

  text t = {0};
  chunk *first = NULL;
  for (size_t i = 0; i < count; i++) {  // all is ready before the first byte goes out
    frame_message(&t, type, type, parent, content, apart && !buffer, buffer ? size : 0);
    if (!apart && t.n < 65536 && i + 1 < count) continue;
    chunk *c = chunk_of(&t, apart ? body : NULL);
    append(&feed, c);
    if (!first) first = c;
  }
  free(t.p);
  publish(first);
  release(body);
}

static void run(const char *code, bytes parent) {
  double n = 0;
  if (!strncmp(code, "blast ", 6)) {
    blast(code, parent);
  } else if (sscanf(code, "sleep %lf", &n) == 1) {
    usleep(n * 1000);
  } else if (sscanf(code, "die_at %lf", &n) == 1) {
    struct timespec t = {.tv_sec = (long long)n / 1000000000, .tv_nsec = (long long)n % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    kill(getpid(), SIGKILL);
    _exit(137);
  } else if (!strcmp(code, "pid")) {
    char content[64];
    snprintf(content, sizeof content, "{\"name\": \"stdout\", \"text\": \"%d\"}", getpid());
    say("stream", "stream", parent, content);
  }
}

static void answer(peer *to, const char *type, bytes parent, const char *content) {
  char reply[64];
  snprintf(reply, sizeof reply, "%.*s_reply", (int)(strlen(type) - strlen("_request")), type);
  frame_message(&to->out, NULL, reply, parent, (bytes){content, strlen(content)}, 0, 0);
  flush(to);
}

static void handle(peer *from, bytes *frames, int count) {
  if (from->channel == IOPUB) {
    if (count == 1 && frames[0].n >= 1) from->subscribed = *(uint8_t *)frames[0].p == 1;
    return;
  }
  if (from->channel == HB) {
    for (int i = 0; i < count; i++) put_frame(&from->out, i + 1 < count, frames[i].p, frames[i].n);
    flush(from);
    return;
  }
  int at = 0;
  while (at < count && (frames[at].n != 9 || memcmp(frames[at].p, "<IDS|MSG>", 9))) at++;
  if (at + 5 >= count) return;
  bytes header = frames[at + 2], content = frames[at + 5];
  char type[64], code[256];
  json_text(header, "msg_type", type, sizeof type);
  if (!strstr(type, "_request")) return;
  status("busy", header);
  if (!strcmp(type, "kernel_info_request")) {
    answer(from, type, header,
           "{\"status\": \"ok\", \"protocol_version\": \"5.3\", \"implementation\": \"blast\", "
           "\"implementation_version\": \"1\", \"banner\": \"\", \"help_links\": [], \"language_info\": "
           "{\"name\": \"none\", \"version\": \"1\", \"mimetype\": \"text/plain\", \"file_extension\": \".txt\"}}");
  } else if (!strcmp(type, "execute_request")) {
    json_text(content, "code", code, sizeof code);
    run(code, header);
    answer(from, type, header,
           "{\"status\": \"ok\", \"execution_count\": 1, \"user_expressions\": {}, \"payload\": []}");
  } else if (!strcmp(type, "shutdown_request")) {
    int again = json_value(content, "restart").n == 4;
    const char *body = again ? "{\"status\": \"ok\", \"restart\": true}" : "{\"status\": \"ok\", \"restart\": false}";
    say("shutdown", "shutdown_reply", header, body);
    answer(from, type, header, body);
    leaving = 1;
  } else {
    answer(from, type, header, "{\"status\": \"ok\"}");
  }
  status("idle", header);
}

// ---------------------------------------------------------------- main

static int bind_channel(int channel, const char *transport, const char *ip, int port) {
  if (!strcmp(transport, "ipc")) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if ((size_t)snprintf(a.sun_path, sizeof a.sun_path, "%s-%d", ip, port) >= sizeof a.sun_path) {
      errno = ENAMETOOLONG;
      die(ip);
    }
    unlink(a.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(fd, (void *)&a, sizeof a) || listen(fd, 1024)) die(a.sun_path);
    return fd;
  }
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (!strcmp(ip, "*")) ip = "0.0.0.0";
  if (inet_pton(AF_INET, ip, &a.sin_addr) != 1) inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (void *)&a, sizeof a) || listen(fd, 1024)) die(channel_name[channel]);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: blast_kernel CONNECTION_FILE\n");
    return 2;
  }
  char file[8192], transport[16], ip[128], key[256], name[32], number[32];
  FILE *f = fopen(argv[1], "r");
  if (!f) die(argv[1]);
  bytes all = {file, fread(file, 1, sizeof file, f)};
  fclose(f);
  json_text(all, "transport", transport, sizeof transport);
  json_text(all, "ip", ip, sizeof ip);
  json_text(all, "key", key, sizeof key);
  hmac_key(key);
  signal(SIGINT, SIG_IGN);
  uint8_t id[16];
  f = fopen("/dev/urandom", "r");
  if (!f || fread(id, 1, 16, f) != 16) die("/dev/urandom");
  fclose(f);
  for (int i = 0; i < 16; i++) sprintf(session + 2 * i, "%02x", id[i]);

  ep = epoll_create1(EPOLL_CLOEXEC);
  for (int c = 0; c < CHANNELS; c++) {
    snprintf(name, sizeof name, "%s_port", channel_name[c]);
    json_text(all, name, number, sizeof number);
    listener[c] = bind_channel(c, transport, ip, atoi(number));
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &listener[c]};
    epoll_ctl(ep, EPOLL_CTL_ADD, listener[c], &e);
  }
  pid_t parent = getppid();
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait(ep, events, 64, leaving ? 5 : 2000);
    for (int i = 0; i < n; i++) {
      int *l = events[i].data.ptr;
      if (l >= listener && l < listener + CHANNELS) {
        accept_peer(l - listener);
        continue;
      }
      peer *p = events[i].data.ptr;
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_peer(p);
      if (events[i].events & EPOLLOUT && !p->gone) flush(p);
    }
    bury_the_gone();
    if (leaving && (n <= 0 || leaving++ > 50)) return 0;
    if (n == 0 && getppid() != parent) return 0;  // whoever started this has gone
  }
}
