#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <string.h>

// A key of zeros keeps the generator cheap; the server cannot know and unmasks all the same.
static size_t put_header(unsigned char *header, int opcode, size_t length) {
    size_t size = 2;
    header[0] = 0x80 | opcode;
    if (length < 126) {
        header[1] = 0x80 | length;
    } else if (length < 65536) {
        header[1] = 0x80 | 126;
        header[2] = length >> 8;
        header[3] = length;
        size = 4;
    } else {
        header[1] = 0x80 | 127;
        for (int i = 0; i < 8; i++) header[2 + i] = (uint64_t)length >> (56 - 8 * i);
        size = 10;
    }
    memset(header + size, 0, 4);
    return size + 4;
}

void put_frame(struct client *client, int opcode, const void *data, size_t length) {
    unsigned char header[14];
    append(&client->socket.out, header, put_header(header, opcode, length));
    append(&client->socket.out, data, length);
}

void put_close(struct client *client) {
    put_frame(client, 8, "\x03\xe8", 2);
}

static void message(struct client *client, int opcode, char *data, size_t length) {
    if (opcode == 9) {
        put_frame(client, 10, data, length);
    } else if (opcode == TEXT || opcode == BINARY) {
        if (options.mode == SIO) sio_message(client, data, length, opcode == BINARY);
        else signalr_message(client, data, length);
    } else if (opcode == 0) {
        fail("the server sends fragmented messages, which this generator does not read");
    }
}

static size_t read_frames(struct stream *stream, char *data, size_t length) {
    size_t at = 0;
    while (length - at >= 2 && stream->client->state != DONE) {
        unsigned char *head = (unsigned char *)data + at;
        size_t size = head[1] & 127, skip = 2, left = length - at;
        if (size == 126) {
            if (left < 4) break;
            size = head[2] << 8 | head[3];
            skip = 4;
        } else if (size == 127) {
            if (left < 10) break;
            size = 0;
            for (int i = 2; i < 10; i++) size = size << 8 | head[i];
            skip = 10;
        }
        if (left - skip < size) break;
        message(stream->client, head[0] & 15, data + at + skip, size);
        at += skip + size;
    }
    return at;
}

static size_t read_handshake(struct stream *stream, char *data, size_t length) {
    char *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!memmem(data, end - data, " 101 ", 5)) fail("no WebSocket: %.*s", (int)strcspn(data, "\r"), data);
    size_t taken = end + 4 - data;
    stream->consume = read_frames;
    if (options.mode == SIGNALR) signalr_handshake(stream->client);
    else if (options.transport == UPGRADE) put_frame(stream->client, TEXT, "2probe", 6);
    return taken + read_frames(stream, data + taken, length - taken);
}

void open_websocket(struct client *client) {
    char request[512], sid[80] = "";
    if (options.transport == UPGRADE) snprintf(sid, sizeof sid, "&sid=%s", client->sid);
    int length = snprintf(request, sizeof request,
        "GET %s%s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        options.mode == SIO ? "/socket.io/?EIO=4&transport=websocket" : "/hub", sid, options.host, options.port);
    open_stream(&client->socket, client, read_handshake);
    append(&client->socket.out, request, length);
}
