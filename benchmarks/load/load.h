// One thread, one epoll: clients that speak Socket.IO or SignalR to one server, and the figures of what they see.
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { SIO, SIGNALR };
enum scenario { ECHO_, FANOUT, ROOMS, MANYROOMS, ACKS, IDLE, STORM };
enum transport { WEBSOCKET, POLLING, UPGRADE };
enum { ROOMS_EACH = 100, STAMP = 20 };

// Where a client is on its way to being a member of what the scenario needs; DONE is for storm: to be replaced.
enum state { HANDSHAKE, OPENING, JOINING, READY, DONE };

struct options {
    enum mode mode;
    enum scenario scenario;
    enum transport transport;
    const char *mode_name, *scenario_name, *transport_name, *host;
    int port, clients, payload, window, rooms, warmup, seconds, server;
    bool binary, msgpack;
};

struct buffer {
    char *data;
    size_t length, capacity;
};

struct client;
struct stream;

// Takes whole units (a response, a frame) from the front of what has arrived, and says how many bytes it took.
typedef size_t consumer(struct stream *stream, char *data, size_t length);

struct stream {
    int fd;
    bool is_open, is_busy, watches_writes;
    struct buffer in, out;
    consumer *consume;
    struct client *client;
};

struct client {
    int id, room, said, joins_left;
    enum state state;
    bool is_probed, is_upgraded;
    uint64_t started;
    struct stream socket, poll, post;
    struct buffer pending;
    char sid[64];
};

extern struct options options;
extern struct client *clients;
extern int ready_clients;

_Noreturn void fail(const char *format, ...);
uint64_t now(void);
void append(struct buffer *buffer, const void *data, size_t length);

// connection.c
void start_epoll(void);
void open_stream(struct stream *stream, struct client *client, consumer *consume);
void close_stream(struct stream *stream);
void flush_client(struct client *client);
void run(uint64_t until, int ready_goal);

// websocket.c
enum { TEXT = 1, BINARY = 2 };
void open_websocket(struct client *client);
void put_frame(struct client *client, int opcode, const void *data, size_t length);
void put_close(struct client *client);

// polling.c
void open_polling(struct client *client);
void put_packet(struct client *client, const void *data, size_t length);
void post_pending(struct client *client);
void pause_polling(struct client *client);

// sio.c
void sio_message(struct client *client, char *data, size_t length, bool is_binary);
void sio_send(struct client *client, const char *text, size_t length);
void sio_join(struct client *client);
void sio_request(struct client *client, const char *value);

// msgpack.c
void msgpack_connect(struct client *client);
void msgpack_echo(struct client *client, const char *value);
int msgpack_type(const char *data, size_t length);

// signalr.c
void signalr_handshake(struct client *client);
void signalr_message(struct client *client, char *data, size_t length);
void signalr_join(struct client *client);
void signalr_request(struct client *client, const char *value);

// scenario.c
void start_client(struct client *client, int id);
void start_talking(void);
void opened(struct client *client);
void joined(struct client *client);
void arrived(struct client *client, const char *data, size_t length);
void answered(struct client *client, const char *data, size_t length);
void next_of_storm(struct client *client);

// stats.c
extern uint64_t closed_early;
void add_delivery(void);
void add_latency(uint64_t nanoseconds);
double cpu_seconds(void);
long resident_kib(void);
void measure(void);
void print_result(long kib_before, double connects_per_s, double connect_cpu_us);

#endif
