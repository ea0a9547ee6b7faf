/* What llama.cpp asks of Windows, so that it does not park the engine's threads on slow cores;
   Debian 12's headers of Windows (mingw-w64 10) do not know it yet. From Microsoft's
   documentation of SetThreadInformation. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#ifndef THREAD_POWER_THROTTLING_CURRENT_VERSION
#define THREAD_POWER_THROTTLING_CURRENT_VERSION 1
#define THREAD_POWER_THROTTLING_EXECUTION_SPEED 0x1

typedef struct {
    ULONG Version;
    ULONG ControlMask;
    ULONG StateMask;
} THREAD_POWER_THROTTLING_STATE;
#endif
