#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned char *contents(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(66);
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size);
    if (fread(bytes, 1, *size, file) != *size) exit(74);
    fclose(file);
    return bytes;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Runs the work once to warm up, and then so many times; prints the median. */
#define MEASURE(repeats, work)                                                             \
    do {                                                                                   \
        int n = repeats;                                                                   \
        double *times = malloc(n * sizeof *times);                                         \
        work;                                                                              \
        for (int i = 0; i < n; i++) {                                                      \
            struct timespec start, end;                                                    \
            clock_gettime(CLOCK_MONOTONIC, &start);                                        \
            work;                                                                          \
            clock_gettime(CLOCK_MONOTONIC, &end);                                          \
            times[i] = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6; \
        }                                                                                  \
        qsort(times, n, sizeof *times, ascending);                                         \
        printf("%.3f\n", times[n / 2]);                                                    \
    } while (0)
