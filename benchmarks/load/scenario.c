// Who says what, when, and what counts as a delivery.
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int next_id;

void start_client(struct client *client, int id) {
    client->id = id;
    client->room = id % options.rooms;
    client->started = now();
    if (options.transport == WEBSOCKET) {
        client->state = OPENING;
        open_websocket(client);
    } else {
        client->state = HANDSHAKE;
        open_polling(client);
    }
    if (id >= next_id) next_id = id + 1;
}

static bool is_talker(const struct client *client) {
    switch (options.scenario) {
    case ECHO_:
        return true;
    case FANOUT:
    case ACKS:
        return client->id == 0;
    case ROOMS:
    case MANYROOMS:
        return client->id < options.rooms;
    default:
        return false;
    }
}

// What is sent starts with the time in 20 digits; whoever gets it knows how old it is.
static void request(struct client *client) {
    static char value[(1 << 20) + 1];
    if (!value[0]) memset(value, 'x', options.payload > STAMP ? options.payload : STAMP);
    char stamp[STAMP + 1];
    snprintf(stamp, sizeof stamp, "%020lu", now());
    memcpy(value, stamp, STAMP);
    if (options.scenario == MANYROOMS) client->said = (client->said + 1) % ROOMS_EACH;
    if (options.mode == SIO) sio_request(client, value);
    else signalr_request(client, value);
}

static uint64_t age(const char *data, size_t length) {
    for (size_t at = 0, digits = 0; at < length; at++) {
        digits = data[at] >= '0' && data[at] <= '9' ? digits + 1 : 0;
        if (digits == STAMP) {
            char stamp[STAMP + 1] = "";
            memcpy(stamp, data + at + 1 - STAMP, STAMP);
            return now() - strtoull(stamp, NULL, 10);
        }
    }
    fail("a delivery without the time of its sending: %.*s", length < 200 ? (int)length : 200, data);
}

void start_talking(void) {
    for (int i = 0; i < options.clients; i++) {
        for (int w = 0; is_talker(&clients[i]) && w < options.window; w++) request(&clients[i]);
        flush_client(&clients[i]);
    }
}

void opened(struct client *client) {
    if (options.scenario != ROOMS && options.scenario != MANYROOMS) {
        joined(client);
        return;
    }
    client->state = JOINING;
    client->joins_left = options.scenario == MANYROOMS ? ROOMS_EACH : 1;
    if (options.mode == SIO) sio_join(client);
    else signalr_join(client);
}

void joined(struct client *client) {
    client->state = READY;
    if (options.scenario != STORM) {
        ready_clients++;
    } else if (options.transport != UPGRADE || client->is_upgraded) {
        add_delivery();
        add_latency(now() - client->started);
        client->state = DONE;
    }
}

void arrived(struct client *client, const char *data, size_t length) {
    add_delivery();
    add_latency(age(data, length));
    if (is_talker(client)) request(client);
}

// The answer to the talker's own request. Of a broadcast with acknowledgement only the time is taken: the deliveries were counted
// by those who were asked.
void answered(struct client *client, const char *data, size_t length) {
    if (options.scenario != ACKS) add_delivery();
    add_latency(age(data, length));
    request(client);
}

void next_of_storm(struct client *client) {
    put_close(client);
    flush_client(client);
    close_stream(&client->socket);
    close_stream(&client->poll);
    close_stream(&client->post);
    start_client(client, next_id);
    flush_client(client);
}
