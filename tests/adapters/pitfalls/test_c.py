"""Traps of C."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

# What a trap is mended by: «before→after».
TRAPS = {
    "a quotient is cast": """
double mean(const int *xs, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += xs[i];
    return «→(double)»sum / n;
}
""",
    "a condition sets": """
int grade(int x) {
    if (x =«→=» 1)
        return 10;
    return 0;
}
""",
    "cases without break": """
const char *name(int x) {
    const char *out;
    switch (x) {
    case 1: out = "one";«→ break;»
    case 2: out = "two"; break;
    default: out = "many";
    }
    return out;
}
""",
    "chars compared by place": """
«→#include <string.h>

»int is_yes(const char *word) {
    return «→strcmp(»word«→, "yes")» == «"yes"→0»;
}
""",
    "a product overflows": """
int64_t area(int w, int h) {
    return «→(long long)»w * h;
}
""",
    "a sum is not set": """
int total(const int *v, int n) {
    int sum«→ = 0»;
    for (int i = 0; i < n; i++) sum += v[i];
    return sum;
}
""",
    "a macro is loose": """
#define MAX(a, b) «→((»a«→)» > «→(»b«→)» ? «→(»a«→)» : «→(»b«→))»
int f(int a, int b) {
    return 1 + MAX(a, b);
}
""",
    "bits are compared": """
int even(int x) {
    if («→(»x & 1«→)» == 0) {
        return 1;
    }
    return 0;
}
""",
    "a cast drops the fraction": """
«→#include <math.h>

»int cents(double price) {
    return (int)«→lround»(price * 100);
}
""",
    "abs takes an int": """
«→#include <math.h>

»double gap(double a, double b) {
    return «abs→fabs»(a - b);
}
""",
    "a pointer steps": """
void bump(int *n) {
    «→(»*n«→)»++;
}
""",
    "digits as letters": """
int sum(const char *s) {
    int out = 0;
    while (*s) {
        out += *s«→ - '0'»;
        s++;
    }
    return out;
}
""",
    "a remainder is below zero": """
int wrap(int i, int n) {
    return (i - 1«→ + n») % n;
}
""",
    "a size less one": """
int sorted(const int *v, size_t n) {
    for (size_t i = 0; i «→+ 1 »< n« - 1→»; i++) {
        if (v[i] > v[i + 1]) return 0;
    }
    return 1;
}
""",
    "set one by one": """
int fib(int n) {
    int a = 0, b = 1;
    for (int i = 0; i < n; ++i) {
        «→const int next = a + b;
        »a = b;
        b = «a + b→next»;
    }
    return a;
}
""",
    "a struct is copied": """
struct acc { int money; };
struct bank { struct acc all[3]; };
void pay(struct bank *b, int i, int n) {
    struct acc «→*»acc = «→&»b->all[i];
    acc«.→->»money += n;
}
""",
    "a char reads": """
int count(FILE *f) {
    int n = 0;
    «char→int» c;
    while ((c = fgetc(f)) != EOF) n++;
    return n;
}
""",
    "no room for the end": """
char *copy(const char *s) {
    char *out = malloc(strlen(s)«→ + 1»);
    strcpy(out, s);
    return out;
}
""",
    "the size of a pointer": """
int total(int xs[], int n) {
    int sum = 0;
    for (size_t i = 0; i < «sizeof(xs) / sizeof(xs[0])→n»; i++) sum += xs[i];
    return sum;
}
""",
    "the next is freed": """
struct node { struct node *next; int v; };
int drop(struct node *head) {
    int n = 0;
    while (head != NULL) {
        n++;
        «→struct node *next = head->next;
        »free(head);
        head = «head->→»next;
    }
    return n;
}
""",
    "the next is lost": """
struct node { struct node *next; int v; };
struct node *turned(struct node *head) {
    struct node *prev = NULL;
    while (head) {
        «→struct node *next = head->next;
        »head->next = prev;
        prev = head;
        head = «head->→»next;
    }
    return prev;
}
""",
}
NO_TRAPS = {
    "a pointer is set to": """
struct a {
    int n;
};
void f(struct a *all) {
    struct a *one = &all[1];
    one->n = 2;
}
""",
    "room for the end": """
char *f(const char *s) {
    return malloc(strlen(s) + 1);
}
""",
    "an int reads": """
int f(FILE *f) {
    int c = fgetc(f);
    return c;
}
""",
    "an array's own length": """
int f(void) {
    int xs[] = {1, 2};
    return sizeof(xs) / sizeof(xs[0]);
}
""",
    "the next is kept": """
void f(struct node *head) {
    while (head) {
        struct node *after = head->next;
        free(head);
        head = after;
    }
}
""",
}


changed = partial(offered, "a.c")


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_mended_first_of_all(name):
    before, after = both(TRAPS[name])
    assert changed(before)[0] == after


@pytest.mark.parametrize("name", TRAPS)
def test_each_change_parses_as_well_as_the_text(name):
    syntax, (before, _) = TreeSitterSyntax(), both(TRAPS[name])
    assert [one for one in changed(before) if syntax.errors("a.c", one) != 0] == []


@pytest.mark.parametrize("name", NO_TRAPS)
def test_what_is_no_trap_stays(name):
    assert changed(NO_TRAPS[name].lstrip("\n")) == []
