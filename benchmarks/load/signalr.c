// SignalR's JSON protocol: records that end with 0x1e, several of which may share a frame.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <string.h>

static void record(struct client *client, const char *text) {
    put_frame(client, TEXT, text, strlen(text));
}

void signalr_handshake(struct client *client) {
    record(client, "{\"protocol\":\"json\",\"version\":1}\x1e");
}

void signalr_join(struct client *client) {
    char text[128];
    snprintf(text, sizeof text, "{\"type\":1,\"invocationId\":\"0\",\"target\":\"Join\",\"arguments\":[\"r%d\"]}\x1e", client->room);
    record(client, text);
}

void signalr_request(struct client *client, const char *value) {
    static char text[(1 << 20) + 128];
    const char *format = options.scenario == ECHO_
        ? "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"%s\"]}\x1e"
        : "{\"type\":1,\"target\":\"Broadcast\",\"arguments\":[\"%s\"]}\x1e";
    if (options.scenario == ROOMS) {
        snprintf(text, sizeof text, "{\"type\":1,\"target\":\"Say\",\"arguments\":[\"r%d\",\"%s\"]}\x1e", client->room, value);
    } else {
        snprintf(text, sizeof text, format, value);
    }
    record(client, text);
}

static bool has_type(const char *data, size_t length, char type) {
    char field[] = "\"type\":?";
    field[7] = type;
    return memmem(data, length < 16 ? length : 16, field, 8);
}

static void read_record(struct client *client, const char *data, size_t length) {
    if (client->state == OPENING) {
        if (length != 2) fail("no handshake: %.*s", (int)length, data);
        opened(client);
    } else if (has_type(data, length, '1')) {
        arrived(client, data, length);
    } else if (has_type(data, length, '3')) {
        if (memmem(data, length, "\"error\":", 8)) fail("the server answered: %.*s", (int)length, data);
        if (client->state == JOINING) joined(client);
        else answered(client, data, length);
    } else if (has_type(data, length, '6')) {
        record(client, "{\"type\":6}\x1e");  // a client that says nothing for 30 s is closed
    } else {
        fail("unexpected record: %.*s", (int)length, data);
    }
}

void signalr_message(struct client *client, char *data, size_t length) {
    char *end = data + length, *next;
    for (; client->state != DONE && (next = memchr(data, 0x1e, end - data)); data = next + 1) {
        read_record(client, data, next - data);
    }
}
