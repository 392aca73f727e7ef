// HTTP long-polling: one GET that waits and one POST at a time, each on a connection of its own that is kept alive.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void get(struct client *client) {
    char request[256], sid[80] = "";
    if (client->sid[0]) snprintf(sid, sizeof sid, "&sid=%s", client->sid);
    int length = snprintf(request, sizeof request, "GET /socket.io/?EIO=4&transport=polling%s HTTP/1.1\r\nHost: %s:%d\r\n\r\n", sid,
        options.host, options.port);
    append(&client->poll.out, request, length);
    client->poll.is_busy = true;
}

// The last step of an upgrade: no request of the old transport may be under way.
static void finish_upgrade(struct client *client) {
    if (!client->is_probed || client->is_upgraded || client->poll.is_busy || client->post.is_busy || client->pending.length) return;
    client->is_upgraded = true;
    put_frame(client, TEXT, "5", 1);
    if (client->state == READY) joined(client);
}

void pause_polling(struct client *client) {
    client->is_probed = true;
    finish_upgrade(client);
}

static void read_packets(struct client *client, char *body, size_t length) {
    for (char *packet = body, *end = body + length; packet < end;) {
        char *separator = memchr(packet, 0x1e, end - packet);
        size_t size = (separator ? separator : end) - packet;
        if (size) sio_message(client, packet, size, false);
        packet += size + 1;
    }
}

static void read_open(struct client *client, char *body, size_t length) {
    char *sid = memmem(body, length, "\"sid\":\"", 7);
    size_t size = sid ? strcspn(sid + 7, "\"") : 0;
    if (!size || size >= sizeof client->sid) fail("no handshake: %.*s", (int)length, body);
    memcpy(client->sid, sid + 7, size);
    client->sid[size] = 0;
    sio_message(client, body, length, false);
    if (options.transport == UPGRADE) open_websocket(client);
}

static void responded(struct stream *stream, char *body, size_t length) {
    struct client *client = stream->client;
    stream->is_busy = false;
    if (stream == &client->poll) {
        if (client->state == HANDSHAKE) read_open(client, body, length);
        else read_packets(client, body, length);
        if (!client->is_probed) get(client);
    }
    finish_upgrade(client);
}

static size_t read_response(struct stream *stream, char *data, size_t length) {
    char *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return 0;
    end[2] = 0;  // what follows are strings
    if (strncmp(data, "HTTP/1.1 200", 12)) fail("the server answered: %.*s", (int)strcspn(data, "\r"), data);
    char *header = strcasestr(data, "\r\nContent-Length:");
    if (!header) fail("a response without Content-Length, which this generator does not read");
    size_t head = end + 4 - data, size = strtoul(header + 17, NULL, 10);
    end[2] = '\r';
    if (length - head < size) return 0;
    responded(stream, data + head, size);
    return head + size;
}

void open_polling(struct client *client) {
    client->sid[0] = 0;
    client->pending.length = 0;
    client->is_probed = client->is_upgraded = false;
    open_stream(&client->poll, client, read_response);
    open_stream(&client->post, client, read_response);
    get(client);
}

void put_packet(struct client *client, const void *data, size_t length) {
    if (client->pending.length) append(&client->pending, "\x1e", 1);
    append(&client->pending, data, length);
}

void post_pending(struct client *client) {
    if (!client->pending.length || client->post.is_busy) return;
    if (!client->post.is_open) open_stream(&client->post, client, read_response);
    char request[320];
    int length = snprintf(request, sizeof request,
        "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: text/plain;charset=UTF-8\r\n"
        "Content-Length: %zu\r\n\r\n", client->sid, options.host, options.port, client->pending.length);
    append(&client->post.out, request, length);
    append(&client->post.out, client->pending.data, client->pending.length);
    client->pending.length = 0;
    client->post.is_busy = true;
}
