/*
 * spark-desktop.exe, spark.exe and spark-core.exe: CPython of the folder python\ beside this
 * program, started as if this program were Python, with python\app\start.py and the arguments.
 *
 * Nothing outside of that folder decides what runs: libraries come from it and from Windows'
 * own folder, never from the current folder or PATH; -I leaves PYTHON* variables and the user's
 * site-packages aside without taking them from programs that are started from here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#ifndef PROGRAM
#error "PROGRAM names the entry: desktop, command or core"
#endif
#define WIDE_(text) L##text
#define WIDE(text) WIDE_(text)
#define LONGEST 32768 /* characters, of any path of Windows */
#define OWN_ARGUMENTS 6

/* File names with * and ? are the user's, and no patterns: no shell of Windows expands them. */
int _dowildcard = 0;

typedef int (*py_main)(int, wchar_t **);

#ifndef WINDOWED
/* To a terminal as it is, to a file or pipe in UTF-8: the C library would stop at the first letter
   that its code page lacks. */
static void say(const wchar_t *text)
{
    static char bytes[4 * (LONGEST + 512)];
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode, written;
    int length;
    if (GetConsoleMode(error, &mode)) {
        WriteConsoleW(error, text, (DWORD)wcslen(text), &written, NULL);
        WriteConsoleW(error, L"\r\n", 2, &written, NULL);
        return;
    }
    length = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes - 1, NULL, NULL);
    if (length > 0) {
        bytes[length - 1] = '\n';
        WriteFile(error, bytes, (DWORD)length, &written, NULL);
    }
}
#endif

static int refuse(const wchar_t *format, ...)
{
    static wchar_t text[LONGEST + 512];
    va_list values;
    va_start(values, format);
    _vsnwprintf(text, sizeof text / sizeof *text - 1, format, values);
    va_end(values);
#ifdef WINDOWED
    MessageBoxW(NULL, text, L"Spark Desktop", MB_OK | MB_ICONERROR);
#else
    say(text);
#endif
    return 1;
}

/* The folder of this program, with a backslash at its end; 0 where it is too long to be one. */
static size_t own_folder(wchar_t *folder)
{
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t *end;
    if (length == 0 || length >= LONGEST)
        return 0;
    end = wcsrchr(folder, L'\\');
    if (end == NULL)
        return 0;
    end[1] = L'\0';
    return (size_t)(end + 1 - folder);
}

static wchar_t *joined(const wchar_t *folder, const wchar_t *name)
{
    size_t size = wcslen(folder) + wcslen(name) + 1;
    wchar_t *path = malloc(size * sizeof *path);
    if (path != NULL) {
        wcscpy(path, folder);
        wcscat(path, name);
    }
    return path;
}

/* CPython's library with all it needs beside it. */
static HMODULE python_library(const wchar_t *folder, const wchar_t *library)
{
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    AddDllDirectory(folder);
    return LoadLibraryExW(
        library, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
}

int wmain(int count, wchar_t **arguments)
{
    static wchar_t folder[LONGEST];
    wchar_t *python, *library, *start, **words;
    HMODULE loaded;
    py_main run;
    int at;

    if (own_folder(folder) == 0)
        return refuse(L"Spark Desktop lies in a folder whose path is too long. Move it.");
    python = joined(folder, L"python");
    library = joined(folder, L"python\\" WIDE(PYTHON_LIBRARY));
    start = joined(folder, L"python\\app\\start.py");
    words = calloc((size_t)count + OWN_ARGUMENTS + 1, sizeof *words);
    if (python == NULL || library == NULL || start == NULL || words == NULL)
        return refuse(L"There is not enough memory to start Spark Desktop.");
    loaded = python_library(python, library);
    run = loaded == NULL ? NULL : (py_main)(void (*)(void))GetProcAddress(loaded, "Py_Main");
    if (run == NULL)
        return refuse(L"Spark Desktop is not complete: %ls cannot be loaded (error %lu). "
                      L"Install it again.", library, GetLastError());
    words[0] = arguments[0];
    words[1] = L"-I";
    words[2] = L"-X";
    words[3] = L"utf8";
    words[4] = start;
    words[5] = WIDE(PROGRAM);
    for (at = 1; at < count; at++)
        words[OWN_ARGUMENTS + at - 1] = arguments[at];
    return run(count - 1 + OWN_ARGUMENTS, words);
}
