/* For tests under Wine only, never shipped: Wine 8 has no icuuc.dll, which Windows 10 has. Qt
   converts legacy encodings with it; here every converter "cannot be opened", as on a Windows
   without its data, and Qt does UTF-8, UTF-16 and Latin-1 by itself. */
#include <stddef.h>

#define SHIM __declspec(dllexport)
enum { FILE_ACCESS_ERROR = 4 };

SHIM void *ucnv_open(const char *name, int *error)
{
    (void)name;
    *error = FILE_ACCESS_ERROR;
    return NULL;
}

#define FAILS(name) SHIM void *name(void) { return NULL; }
FAILS(ucnv_close)
FAILS(ucnv_reset)
FAILS(ucnv_getMaxCharSize)
FAILS(ucnv_getName)
FAILS(ucnv_getToUCallBack)
FAILS(ucnv_getFromUCallBack)
FAILS(ucnv_setToUCallBack)
FAILS(ucnv_setFromUCallBack)
FAILS(ucnv_cbToUWriteUChars)
FAILS(ucnv_cbFromUWriteUChars)
FAILS(ucnv_toUnicode)
FAILS(ucnv_fromUnicode)
FAILS(ucnv_toUCountPending)
FAILS(ucnv_fromUCountPending)
FAILS(ucnv_getStandardName)
FAILS(ucnv_getAvailableName)
FAILS(ucnv_countAvailable)
FAILS(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
FAILS(UCNV_TO_U_CALLBACK_SUBSTITUTE)
