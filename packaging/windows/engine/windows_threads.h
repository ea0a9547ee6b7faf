/* Put before ggml's C files: how the engine's threads wait for each other on Windows, and what
   Debian 12's headers (mingw-w64 10) lack. */
#define WIN32_LEAN_AND_MEAN
#include <immintrin.h>
#include <windows.h>

/* What llama.cpp asks for so that its threads are not parked on slow cores. From Microsoft's
   documentation of SetThreadInformation. */
#ifndef THREAD_POWER_THROTTLING_CURRENT_VERSION
#define THREAD_POWER_THROTTLING_CURRENT_VERSION 1
#define THREAD_POWER_THROTTLING_EXECUTION_SPEED 0x1

typedef struct {
    ULONG Version;
    ULONG ControlMask;
    ULONG StateMask;
} THREAD_POWER_THROTTLING_STATE;
#endif

/* ggml's barrier would turn for as long as the slowest thread takes, also where that one waits for
   this very core: a compiler beside it, and an answer nearly stops (docs/decisions/0006). So the
   core is offered to others after some turns, as GOMP_SPINCOUNT makes it elsewhere. */
#define ENGINE_TURNS 500

static inline void engine_wait(void)
{
    static __thread unsigned turns;
    _mm_pause();
    if (++turns % ENGINE_TURNS == 0)
        SwitchToThread();
}

#define _mm_pause() engine_wait()
