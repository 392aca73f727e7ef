#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// A crowd has many addresses, and servers that share their time between addresses count on it. Of one address at most 28 000 connections are
// open, or were a minute ago, since there are no more ephemeral ports.
enum { ADDRESSES = 50, EVENTS = 1024 };

static int epoll;
static char scratch[1 << 18];

void start_epoll(void) {
    epoll = epoll_create1(0);
    if (epoll < 0) fail("epoll_create1: %s", strerror(errno));
}

static void watch(struct stream *stream, int operation) {
    struct epoll_event event = { .events = EPOLLIN | (stream->watches_writes ? EPOLLOUT : 0), .data.ptr = stream };
    if (epoll_ctl(epoll, operation, stream->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

// Each run has its own source addresses, so that closed connections of the one before (TIME_WAIT) take no ports away.
static void bind_source(struct stream *stream) {
    int on = 1;
    struct sockaddr_in source = { .sin_family = AF_INET };
    uint32_t network = 1 + getpid() % 250, host = 2 + stream->client->id % ADDRESSES;
    source.sin_addr.s_addr = htonl(127u << 24 | network << 16 | (host & 0xffff));
    // Without this, bind() picks the port before it knows the destination, and reserves it from everybody else.
    setsockopt(stream->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(stream->fd, (void *)&source, sizeof source)) fail("bind: %s", strerror(errno));
}

void open_stream(struct stream *stream, struct client *client, consumer *consume) {
    int on = 1;
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(options.port) };
    inet_pton(AF_INET, options.host, &server.sin_addr);
    stream->client = client;
    stream->consume = consume;
    stream->is_open = true;
    stream->is_busy = false;
    stream->in.length = stream->out.length = 0;
    stream->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (stream->fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (ntohl(server.sin_addr.s_addr) >> 24 == 127) bind_source(stream);
    if (connect(stream->fd, (void *)&server, sizeof server) && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
    stream->watches_writes = true;
    watch(stream, EPOLL_CTL_ADD);
}

void close_stream(struct stream *stream) {
    if (!stream->is_open) return;
    close(stream->fd);
    stream->is_open = false;
}

static void lost(struct stream *stream, const char *why) {
    close_stream(stream);
    if (stream == &stream->client->post && !stream->is_busy) return;  // kept alive long enough: the next POST connects anew
    closed_early++;
    if (stream->client->state < READY) fail("connection %d was lost before it had joined: %s", stream->client->id, why);
}

static void flush_stream(struct stream *stream) {
    struct buffer *out = &stream->out;
    if (!stream->is_open || (!out->length && !stream->watches_writes)) return;
    if (out->length) {
        ssize_t sent = send(stream->fd, out->data, out->length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            lost(stream, strerror(errno));
            return;
        }
        if (sent > 0) memmove(out->data, out->data + sent, out->length -= sent);
    }
    if (stream->watches_writes != (out->length > 0)) {
        stream->watches_writes = !stream->watches_writes;
        watch(stream, EPOLL_CTL_MOD);
    }
}

void flush_client(struct client *client) {
    if (options.transport != WEBSOCKET) post_pending(client);
    flush_stream(&client->socket);
    flush_stream(&client->poll);
    flush_stream(&client->post);
}

static bool read_once(struct stream *stream) {
    ssize_t received = recv(stream->fd, scratch, sizeof scratch, 0);
    if (received <= 0) {
        if (received == 0) lost(stream, "the server closed it");
        else if (errno != EAGAIN) lost(stream, strerror(errno));
        return false;
    }
    // Nearly always everything arrives whole, and nothing is copied or kept: 50 000 idle clients have no buffers.
    struct buffer *in = &stream->in;
    if (!in->length) {
        size_t taken = stream->consume(stream, scratch, received);
        if (taken < (size_t)received) append(in, scratch + taken, received - taken);
    } else {
        append(in, scratch, received);
        size_t taken = stream->consume(stream, in->data, in->length);
        memmove(in->data, in->data + taken, in->length -= taken);
    }
    return received == sizeof scratch;
}

void run(uint64_t until, int ready_goal) {
    struct epoll_event events[EVENTS];
    while (now() < until && !(ready_goal && ready_clients >= ready_goal)) {
        int n = epoll_wait(epoll, events, EVENTS, 20);
        for (int i = 0; i < n; i++) {
            struct stream *stream = events[i].data.ptr;
            struct client *client = stream->client;
            // An event of a stream that storm has replaced meanwhile is harmless: reading the new one gives EAGAIN.
            if (events[i].events & ~EPOLLOUT) {
                while (stream->is_open && client->state != DONE && read_once(stream)) { }
            }
            flush_client(client);
            if (client->state == DONE) next_of_storm(client);
        }
    }
}
