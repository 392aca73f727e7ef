// The packets of socket.io-msgpack-parser that the echo needs: {type, data, nsp, id} in a binary message.
#define _GNU_SOURCE
#include "load.h"
#include <string.h>

void msgpack_connect(struct client *client) {
    static const char packet[] = "\x82\xa4type\x00\xa3nsp\xa1/";
    put_frame(client, BINARY, packet, sizeof packet - 1);
}

void msgpack_echo(struct client *client, const char *value) {
    static const char before[] = "\x84\xa4type\x02\xa3nsp\xa1/\xa2id\x01\xa4" "data\x92\xa4" "echo";
    static char packet[(1 << 20) + 64];
    size_t length = strlen(value), at = sizeof before - 1;
    memcpy(packet, before, at);
    packet[at++] = '\xdb';
    for (int shift = 24; shift >= 0; shift -= 8) packet[at++] = length >> shift;
    memcpy(packet + at, value, length);
    put_frame(client, BINARY, packet, at + length);
}

int msgpack_type(const char *data, size_t length) {
    const char *key = memmem(data, length, "\xa4type", 5);
    return key && key + 5 < data + length ? key[5] : -1;
}
