// The least that any server can do for echo, broadcast, join and say: one thread, one send() a delivery, no parsing beyond what the
// scenarios need, no heartbeat, no errors. What it costs is the price of the kernel's work on this machine. floor PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 4096, MAX_CLIENTS = 70000, EVERYONE = -1, NO_ROOM = -2 };

struct client {
    int fd, index, room, length;
    bool is_upgraded;
    char in[BUFFER];
};

static struct client *clients[MAX_CLIENTS];
static int count, epoll;

static size_t frame(char *out, const char *format, int length, const char *data) {
    char text[BUFFER + 64];
    size_t size = snprintf(text, sizeof text, format, length, data), head = size < 126 ? 2 : 4;
    out[0] = (char)0x81;
    out[1] = size < 126 ? (char)size : 126;
    if (head == 4) {
        out[2] = size >> 8;
        out[3] = size;
    }
    memcpy(out + head, text, size);
    return head + size;
}

static void answer(struct client *client, const char *format, int length, const char *data) {
    char out[BUFFER + 128];
    send(client->fd, out, frame(out, format, length, data), MSG_NOSIGNAL);
}

static void emit(int room, int length, const char *data) {
    char out[BUFFER + 128];
    size_t size = frame(out, "42[\"b\",%.*s", length, data);
    for (int i = 0; i < count; i++) {
        if (room == EVERYONE || clients[i]->room == room) send(clients[i]->fd, out, size, MSG_NOSIGNAL);
    }
}

static bool starts(const char *data, const char *with) {
    return !strncmp(data, with, strlen(with));
}

static void message(struct client *client, const char *data, int length) {
    if (starts(data, "421[\"echo\",")) {
        answer(client, "431[%.*s", length - 11, data + 11);
    } else if (starts(data, "42[\"broadcast\",")) {
        emit(EVERYONE, length - 15, data + 15);
    } else if (starts(data, "42[\"say\",\"r")) {
        const char *value = strchr(data + 11, ',') + 1;
        emit(atoi(data + 11), data + length - value, value);
    } else if (starts(data, "420[\"join\",\"r")) {
        client->room = atoi(data + 13);
        answer(client, "430[]%.*s", 0, "");
    } else if (starts(data, "40")) {
        answer(client, "40{\"sid\":\"x\"}%.*s", 0, "");
    }
}

static void upgrade(struct client *client) {
    static const char response[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";
    send(client->fd, response, sizeof response - 1, MSG_NOSIGNAL);
    answer(client, "0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":250000,\"pingTimeout\":200000,\"maxPayload\":1000000}%.*s", 0, "");
    client->is_upgraded = true;
    client->length = 0;
}

// The generator masks with zeros; masking is not what this server measures.
static void read_frames(struct client *client) {
    int at = 0;
    while (client->length - at >= 6) {
        unsigned char *head = (unsigned char *)client->in + at;
        int size = head[1] & 127, skip = 6;
        if (size == 126) {
            if (client->length - at < 8) break;
            size = head[2] << 8 | head[3];
            skip = 8;
        }
        if (client->length - at < skip + size) break;
        message(client, client->in + at + skip, size);
        at += skip + size;
    }
    memmove(client->in, client->in + at, client->length -= at);
}

static void leave(struct client *client) {
    close(client->fd);
    clients[client->index] = clients[--count];
    clients[client->index]->index = client->index;
    free(client);
}

static void readable(struct client *client) {
    ssize_t received = recv(client->fd, client->in + client->length, BUFFER - 1 - client->length, 0);
    if (received < 0 && errno == EAGAIN) return;
    if (received <= 0) {
        leave(client);
        return;
    }
    client->length += received;
    client->in[client->length] = 0;
    if (client->is_upgraded) read_frames(client);
    else if (strstr(client->in, "\r\n\r\n")) upgrade(client);
}

static void accept_all(int listener) {
    int on = 1, fd;
    while (count < MAX_CLIENTS && (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct client *client = calloc(1, sizeof *client);
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
        client->fd = fd;
        client->index = count;
        client->room = NO_ROOM;
        clients[count++] = client;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int arguments, char **values) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(arguments > 1 ? atoi(values[1]) : 3000) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) {
        perror("floor");
        return 1;
    }

    struct epoll_event event = { .events = EPOLLIN }, events[512];
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(epoll, events, 512, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) readable(events[i].data.ptr);
            else accept_all(listener);
        }
    }
}
