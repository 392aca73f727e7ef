// Socket.IO v5 packets in Engine.IO v4 messages.
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sio_send(struct client *client, const char *text, size_t length) {
    bool polls = options.transport == POLLING || (options.transport == UPGRADE && !client->is_upgraded);
    if (polls) put_packet(client, text, length);
    else put_frame(client, TEXT, text, length);
}

void sio_join(struct client *client) {
    char text[64];
    for (int i = 0; i < client->joins_left; i++) {
        sio_send(client, text, snprintf(text, sizeof text, "420[\"join\",\"r%d\"]", client->room + i * options.rooms));
    }
}

void sio_request(struct client *client, const char *value) {
    static const char attachment[] = "451-1[\"echo\",{\"_placeholder\":true,\"num\":0}]";
    static char text[(1 << 20) + 128];
    int length = 0;
    switch (options.scenario) {
    case ECHO_:
        if (options.msgpack) {
            msgpack_echo(client, value);
            return;
        }
        if (options.binary) {
            sio_send(client, attachment, sizeof attachment - 1);
            put_frame(client, BINARY, value, strlen(value));
            return;
        }
        length = snprintf(text, sizeof text, "421[\"echo\",\"%s\"]", value);
        break;
    case FANOUT:
        length = snprintf(text, sizeof text, "42[\"broadcast\",\"%s\"]", value);
        break;
    case ACKS:
        length = snprintf(text, sizeof text, "421[\"broadcast-ack\",\"%s\"]", value);
        break;
    default:
        length = snprintf(text, sizeof text, "42[\"say\",\"r%d\",\"%s\"]", client->room + client->said * options.rooms, value);
    }
    sio_send(client, text, length);
}

static void acknowledged(struct client *client, const char *data, size_t length) {
    if (client->state == JOINING) {
        if (--client->joins_left == 0) joined(client);
    } else {
        answered(client, data, length);
    }
}

// "2" and the id of the ack: what was asked is answered at once.
static void asked(struct client *client, const char *data) {
    char text[32];
    sio_send(client, text, snprintf(text, sizeof text, "43%lu[]", strtoul(data + 1, NULL, 10)));
    add_delivery();
}

static void packet(struct client *client, char *data, size_t length) {
    switch (data[0]) {
    case '0':
        opened(client);
        break;
    case '2':
        if (options.scenario == ACKS) asked(client, data);
        else arrived(client, data, length);
        break;
    case '3':
        acknowledged(client, data, length);
        break;
    case '6':
        break;  // the attachment that follows is the answer
    default:
        fail("unexpected packet: %.*s", (int)length, data);
    }
}

static void binary_message(struct client *client, const char *data, size_t length) {
    if (!options.msgpack) {
        answered(client, data, length);
    } else if (msgpack_type(data, length) == 0) {
        opened(client);
    } else if (msgpack_type(data, length) == 3) {
        acknowledged(client, data, length);
    } else {
        fail("unexpected packet of MessagePack");
    }
}

void sio_message(struct client *client, char *data, size_t length, bool is_binary) {
    if (is_binary) {
        binary_message(client, data, length);
        return;
    }
    switch (length ? data[0] : 0) {
    case '0':
        client->state = OPENING;
        if (options.msgpack) msgpack_connect(client);
        else sio_send(client, "40", 2);
        break;
    case '2':
        sio_send(client, "3", 1);
        break;
    case '3':
        pause_polling(client);  // "3probe": the new transport works
        break;
    case '4':
        if (length > 1) packet(client, data + 1, length - 1);
        break;
    case '6':
        break;
    default:
        fail("unexpected message: %.*s", (int)length, data);
    }
}
