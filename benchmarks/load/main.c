// load MODE SCENARIO [options]: measures a server that implements these events, and prints one line of JSON.
//   sio:     "echo"(x, ack) answers x; "broadcast"(x) emits "b"(x) to everyone; "join"(room, ack); "say"(room, x) emits "b"(x) to the room;
//            "broadcast-ack"(x, ack) emits "q"(x) with an ack to everyone and answers when all have answered
//   signalr: Echo(x) returns x; Broadcast(x) sends "b" to all; Join(room); Say(room, x) sends "b" to the group
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { STORM_WINDOW = 64, CONNECTING_AT_ONCE = 250, SECONDS_TO_JOIN = 120 };

struct options options = { .host = "127.0.0.1", .transport_name = "websocket", .port = 3000, .clients = 100, .payload = 64, .rooms = 10,
    .warmup = 2, .seconds = 5 };
struct client *clients;
int ready_clients;

static const char usage[] =
    "usage: load sio|signalr echo|fanout|rooms|manyrooms|acks|idle|storm\n"
    "  -h host  -p port  -P server's process id  -n connections  -r rooms  -s payload  -u seconds of warm-up  -d seconds\n"
    "  -w window: requests of a talker, or connections of storm, that are under way at once\n"
    "  -t websocket|polling|upgrade  -b: as a binary attachment (echo)  --msgpack: with socket.io-msgpack-parser (echo)";

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

void append(struct buffer *buffer, const void *data, size_t length) {
    if (buffer->length + length > buffer->capacity) {
        buffer->capacity = (buffer->length + length) * 2;
        buffer->data = realloc(buffer->data, buffer->capacity);
        if (!buffer->data) fail("out of memory");
    }
    memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

static int number(int option, const char *text, int min, int max) {
    char *end;
    long value = strtol(text, &end, 10);
    if (!*text || *end || value < min || value > max) fail("-%c takes a number from %d to %d, not '%s'", option, min, max, text);
    return value;
}

static int choice(const char *what, const char *text, const char *const *names) {
    for (int i = 0; names[i]; i++) {
        if (!strcmp(text, names[i])) return i;
    }
    fail("there is no %s '%s'", what, text);
}

static void read_options(int count, char **arguments) {
    static const char *const modes[] = { "sio", "signalr", NULL }, *const transports[] = { "websocket", "polling", "upgrade", NULL };
    static const char *const scenarios[] = { "echo", "fanout", "rooms", "manyrooms", "acks", "idle", "storm", NULL };
    static const struct option names[] = { { "msgpack", no_argument, NULL, 'M' }, { 0 } };
    if (count < 3) {
        fprintf(stderr, "%s\n", usage);
        exit(2);
    }
    options.mode = choice("mode", options.mode_name = arguments[1], modes);
    options.scenario = choice("scenario", options.scenario_name = arguments[2], scenarios);
    opterr = 0;
    optind = 3;
    for (int option; (option = getopt_long(count, arguments, ":h:p:P:n:r:s:w:u:d:t:b", names, NULL)) != -1;) {
        switch (option) {
        case 'h': options.host = optarg; break;
        case 'p': options.port = number(option, optarg, 1, 65535); break;
        case 'P': options.server = number(option, optarg, 1, 1 << 30); break;
        case 'n': options.clients = number(option, optarg, 1, 1000000); break;
        case 'r': options.rooms = number(option, optarg, 1, 1000000); break;
        case 's': options.payload = number(option, optarg, STAMP, 1 << 20); break;
        case 'w': options.window = number(option, optarg, 1, 10000); break;
        case 'u': options.warmup = number(option, optarg, 0, 3600); break;
        case 'd': options.seconds = number(option, optarg, 1, 3600); break;
        case 't': options.transport = choice("transport", options.transport_name = optarg, transports); break;
        case 'b': options.binary = true; break;
        case 'M': options.msgpack = true; break;
        case ':': fail("-%c needs a value", optopt);
        default: fail("there is no option '%s'", arguments[optind - 1]);
        }
    }
    if (optind < count) fail("'%s' is too much", arguments[optind]);
}

static void check_options(void) {
    struct in_addr address;
    bool is_storm = options.scenario == STORM, is_echo = options.scenario == ECHO_;
    if (inet_pton(AF_INET, options.host, &address) != 1) fail("-h takes an IPv4 address, not '%s'", options.host);
    if (options.mode == SIGNALR && (options.transport != WEBSOCKET || options.scenario == ACKS || options.scenario == MANYROOMS)) {
        fail("signalr has neither polling nor upgrade, acks nor manyrooms");
    }
    if ((options.transport == UPGRADE && !is_storm) || (options.transport == POLLING && is_storm)) {
        fail("storm takes websocket or upgrade, the other scenarios websocket or polling");
    }
    if ((options.binary || options.msgpack) && (!is_echo || options.mode != SIO || options.transport != WEBSOCKET)) {
        fail("-b and --msgpack are for the echo of sio over websocket");
    }
    if (options.binary && options.msgpack) fail("-b and --msgpack exclude each other");
    if (!options.window) options.window = is_storm ? STORM_WINDOW : 1;
    if (is_storm) options.clients = options.window;
}

static void raise_file_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    rlim_t needed = (rlim_t)options.clients * (options.transport == WEBSOCKET ? 1 : options.transport == POLLING ? 2 : 3) + 16;
    if (limit.rlim_max < needed) fail("%lu open files are needed, %lu are allowed", needed, limit.rlim_max);
}

static void join_all(void) {
    for (int i = 0; i < options.clients; i++) {
        start_client(&clients[i], i);
        if (i % 50 == 49) run(now() + SECONDS_TO_JOIN * 1000000000ull, i - CONNECTING_AT_ONCE);
    }
    run(now() + SECONDS_TO_JOIN * 1000000000ull, options.clients);
    if (ready_clients < options.clients) fail("only %d of %d connections have joined", ready_clients, options.clients);
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    check_options();
    raise_file_limit();
    start_epoll();
    clients = calloc(options.clients, sizeof *clients);
    if (!clients) fail("out of memory");

    long kib = resident_kib();
    double cpu = cpu_seconds(), connects_per_s = NAN, connect_cpu_us = NAN;
    uint64_t start = now();
    if (options.scenario == STORM) {
        for (int i = 0; i < options.clients; i++) start_client(&clients[i], i);
    } else {
        join_all();
        connects_per_s = options.clients / ((now() - start) / 1e9);
        connect_cpu_us = (cpu_seconds() - cpu) * 1e6 / options.clients;
        start_talking();
    }
    run(now() + options.warmup * 1000000000ull, 0);
    measure();
    print_result(kib, connects_per_s, connect_cpu_us);
    return 0;
}
