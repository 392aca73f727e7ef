#include "load.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Latencies are counted in buckets 1/64 wide of their size: no memory that grows, and percentiles exact to 2 %.
enum { STEPS = 64, BUCKETS = 64 * STEPS };

uint64_t closed_early;
static uint64_t deliveries, latencies, buckets[BUCKETS];
static double elapsed, server_cpu;
static bool is_measuring;

void add_delivery(void) {
    if (is_measuring) deliveries++;
}

void add_latency(uint64_t nanoseconds) {
    if (!is_measuring) return;
    uint64_t value = nanoseconds < STEPS ? STEPS : nanoseconds;
    int shift = 63 - __builtin_clzll(value) - 6;
    buckets[shift * STEPS + (value >> shift) - STEPS]++;
    latencies++;
}

static double percentile_us(double part) {
    uint64_t wanted = latencies * part, seen = 0;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && (seen += buckets[bucket]) <= wanted) bucket++;
    return latencies ? (double)((uint64_t)(STEPS + bucket % STEPS) << bucket / STEPS) / 1e3 : NAN;
}

double cpu_seconds(void) {
    char path[64], line[1024];
    unsigned long user, system;
    snprintf(path, sizeof path, "/proc/%d/stat", options.server);
    FILE *file = fopen(path, "r");
    if (!file) return NAN;
    line[fread(line, 1, sizeof line - 1, file)] = 0;
    fclose(file);
    // The name of the program, in brackets, may hold anything, brackets and spaces too.
    char *fields = strrchr(line, ')');
    if (!fields || sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) return NAN;
    return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

long resident_kib(void) {
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", options.server);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "VmRSS: %ld", &kib) != 1) { }
    if (file) fclose(file);
    return kib;
}

void measure(void) {
    double cpu = cpu_seconds();
    uint64_t start = now();
    is_measuring = true;
    run(start + options.seconds * 1000000000ull, 0);
    is_measuring = false;
    elapsed = (now() - start) / 1e9;
    server_cpu = cpu_seconds() - cpu;
}

// What was not measured (no server's id, no deliveries) is null.
static void print_number(const char *name, double value, int decimals) {
    if (isfinite(value)) printf(",\"%s\":%.*f", name, decimals, value);
    else printf(",\"%s\":null", name);
}

void print_result(long kib_before, double connects_per_s, double connect_cpu_us) {
    long kib = resident_kib();
    bool has_deliveries = deliveries > 0, has_memory = kib >= 0 && options.scenario != STORM;
    printf("{\"scenario\":\"%s\",\"mode\":\"%s\",\"transport\":\"%s\",\"connections\":%d,\"payload\":%d,\"window\":%d,\"rooms\":%d",
        options.scenario_name, options.mode_name, options.transport_name, options.clients, options.payload, options.window, options.rooms);
    printf(",\"binary\":%s,\"msgpack\":%s", options.binary ? "true" : "false", options.msgpack ? "true" : "false");
    print_number("seconds", elapsed, 2);
    print_number("deliveries_per_s", has_deliveries ? deliveries / elapsed : NAN, 0);
    print_number("p50_us", percentile_us(.5), 0);
    print_number("p99_us", percentile_us(.99), 0);
    print_number("p999_us", percentile_us(.999), 0);
    print_number("cpu_us_per_delivery", has_deliveries ? server_cpu * 1e6 / deliveries : NAN, 3);
    print_number("server_cpu", server_cpu / elapsed, 4);
    print_number("connects_per_s", connects_per_s, 0);
    print_number("connect_cpu_us", connect_cpu_us, 1);
    print_number("rss_mib", kib >= 0 ? kib / 1024.0 : NAN, 1);
    print_number("rss_kib_per_connection", has_memory ? (double)(kib - kib_before) / options.clients : NAN, 2);
    printf(",\"closed\":%lu}\n", closed_early);
}
