// SPDX-License-Identifier: Apache-2.0
/* Functions and USDT probes of the tool that policies go into. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "tool.h"

/* What uprobes go into: arguments in registers and on the stack, and a result. */
long tool_probed(int a, const char *text, long c, long d, long e, long f, long g);

__attribute__((noinline)) long tool_probed(int a, const char *text, long c, long d, long e, long f,
					   long g)
{
	asm volatile("" : : "r"(text), "r"(c), "r"(d), "r"(e), "r"(f) : "memory");
	return a + g;
}

/* probed N TEXT: calls it N times. */
int tool_call(char **args)
{
	int n = atoi(args[0]);

	for (int i = 0; i < n; i++)
		printf("%ld\n", tool_probed(i, args[1], 2, 3, 4, 5, 1000));
	return 0;
}

unsigned short tool_semaphore __attribute__((section(".probes"), used));

asm(".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"
    ".weak _.stapsdt.base\n"
    ".hidden _.stapsdt.base\n"
    "_.stapsdt.base: .space 1\n"
    ".size _.stapsdt.base, 1\n"
    ".popsection\n");

/* A USDT probe as <sys/sdt.h> writes it; its name can stand at several places. */
#define PROBE(name, arguments, ...)                                                                \
	asm volatile("990: nop\n"                                                                  \
		     ".pushsection .note.stapsdt, \"\", \"note\"\n"                                \
		     ".balign 4\n"                                                                 \
		     ".4byte 2f-1f, 4f-3f, 3\n"                                                    \
		     "1: .asciz \"stapsdt\"\n"                                                     \
		     "2: .balign 4\n"                                                              \
		     "3: .8byte 990b, _.stapsdt.base, tool_semaphore\n"                            \
		     ".asciz \"tool\"\n"                                                           \
		     ".asciz \"" name "\"\n"                                                       \
		     ".asciz \"" arguments "\"\n"                                                  \
		     "4: .balign 4\n"                                                              \
		     ".popsection\n"                                                               \
		     :                                                                             \
		     : __VA_ARGS__)

struct noted {
	int before, number;
	const char *text;
};

__attribute__((noinline)) static void note(const struct noted *n)
{
	PROBE("noted", "-4@%%edi 8@%%rsi -4@4(%%rax) 1@$7", "D"(n->number + 1), "S"(n->text),
	      "a"(n));
}

/* usdt NUMBER TEXT: passes a probe at two places; its counter tells whether anybody looks.
 */
int tool_usdt(char **args)
{
	struct noted n = {0, atoi(args[0]), args[1]};

	printf("semaphore %d\n", *(volatile unsigned short *)&tool_semaphore);
	note(&n);
	PROBE("noted", "-4@%%ecx 8@%%rdx -4@%%ecx 1@$9", "c"(n.number), "d"(n.text));
	return 0;
}

/* ---- what policies change --------------------------------------------------------------------
 */

long tool_changed(long a, long b, const char *text);
long tool_instead(long a, long b, const char *text);

__attribute__((noinline)) long tool_changed(long a, long b, const char *text)
{
	asm volatile("" : : "r"(text) : "memory");
	return 100 * a + b;
}

__attribute__((noinline)) long tool_instead(long a, long b, const char *text)
{
	asm volatile("" : : "r"(text) : "memory");
	return 90000 + 100 * a + b;
}

/* changed N: calls tool_changed() with 0 to N - 1. */
int tool_change(char **args)
{
	long n = atol(args[0]), (*volatile call)(long, long, const char *) = tool_changed;

	for (long i = 0; i < n; i++)
		printf("changed %ld: %ld\n", i, call(i, 9, "seventy"));
	return 0;
}

struct cell {
	int before, number;
};

__attribute__((noinline)) static void written(const struct cell *cell)
{
	PROBE("written", "-4@(%%rax) -4@4(%%rax)", "a"(cell));
}

/* set NUMBER: passes a probe with a number that can be changed, then with one that cannot. */
int tool_set(char **args)
{
	struct cell *fixed =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct cell cell = {1, atoi(args[0])};

	if (fixed == MAP_FAILED)
		return 1;
	*fixed = cell;
	mprotect(fixed, 4096, PROT_READ);
	written(&cell);
	asm volatile("" : "+m"(cell));
	printf("cell %d %d\n", cell.before, cell.number);
	written(fixed);
	printf("fixed %d %d\n", fixed->before, fixed->number);
	return 0;
}
