/* A disk whose fsync takes DELAY nanoseconds longer: loaded by LD_PRELOAD before the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

typedef int sync_function(int);

static int slowly(const char *name, int descriptor)
{
    const struct timespec delay = {DELAY / 1000000000L, DELAY % 1000000000L};
    sync_function *sync = (sync_function *)dlsym(RTLD_NEXT, name);
    nanosleep(&delay, 0);
    return sync(descriptor);
}

int fsync(int descriptor)
{
    return slowly("fsync", descriptor);
}

int fdatasync(int descriptor)
{
    return slowly("fdatasync", descriptor);
}
