// Opens event streams and counts what comes: load PORT PATH STREAMS SECONDS FIRST_SOURCE
// The streams come from 127.0.1.FIRST_SOURCE and the next addresses, since one has ports for 28 000 connections only. Prints "ready" when
// every stream has had an event, and then, each second, {"events":…,"bytes":…,"reads":…} since then.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STREAMS_OF_SOURCE = 5000, IN_FLIGHT = 200 };

static const char pattern[] = "\ndata: ";

typedef struct {
  int fd;
  unsigned char matched;  // how much of the pattern the last bytes were
  unsigned char begun;
} stream_t;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int connect_from(int source, int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0) die("socket");
  setsockopt(fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &on, sizeof on);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000100u + (unsigned)source)};
  if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// Returns how many events the bytes finish the beginning of.
static int count_events(stream_t *stream, const char *bytes, ssize_t length) {
  int count = 0;
  for (ssize_t i = 0; i < length; i++) {
    if (bytes[i] == pattern[stream->matched]) {
      if (pattern[++stream->matched] == 0) {
        count++;
        stream->matched = 0;
      }
    } else {
      stream->matched = bytes[i] == '\n';
    }
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "load PORT PATH STREAMS SECONDS FIRST_SOURCE\n");
    return 2;
  }

  int port = atoi(argv[1]), total = atoi(argv[3]), seconds = atoi(argv[4]), source = atoi(argv[5]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  char request[512];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n", argv[2], port);
  stream_t *streams = calloc(total, sizeof *streams);
  static char buffer[1 << 16];
  struct epoll_event events[512];
  int epoll = epoll_create1(0), opened = 0, begun = 0;
  long long count = 0, bytes = 0, reads = 0;
  double end = 0, next = 0;

  while (end == 0 || now() < end) {
    // Not more at once than a listener keeps waiting.
    while (opened < total && opened - begun < IN_FLIGHT) {
      stream_t *stream = &streams[opened];
      stream->fd = connect_from(source + opened / STREAMS_OF_SOURCE, port);
      if (write(stream->fd, request, length) != length) die("write");
      struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = stream};
      epoll_ctl(epoll, EPOLL_CTL_ADD, stream->fd, &wanted);
      opened++;
    }

    int ready = epoll_wait(epoll, events, 512, 100);
    for (int i = 0; i < ready; i++) {
      stream_t *stream = events[i].data.ptr;
      ssize_t got = read(stream->fd, buffer, sizeof buffer);
      if (got == 0 || (got < 0 && errno != EAGAIN)) {
        fprintf(stderr, "A stream has ended.\n");
        return 1;
      }
      if (got < 0) continue;
      int some = count_events(stream, buffer, got);
      if (some > 0 && !stream->begun) {
        stream->begun = 1;
        begun++;
      }
      count += some;
      bytes += got;
      reads++;
    }

    if (end == 0 && begun == total) {
      printf("ready\n");
      fflush(stdout);
      count = bytes = reads = 0;
      end = now() + seconds + 0.5;
      next = now() + 1;
    }

    if (end > 0 && now() >= next) {
      printf("{\"events\":%lld,\"bytes\":%lld,\"reads\":%lld}\n", count, bytes, reads);
      fflush(stdout);
      next += 1;
    }
  }
  return 0;
}
