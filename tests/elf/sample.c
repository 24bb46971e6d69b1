// SPDX-License-Identifier: Apache-2.0
/*
 * A program with what uprobes and USDT probes need: functions of every binding, and notes as
 * <sys/sdt.h> writes them. tests/unit/test_userelf.c reads it.
 */
#include <stdio.h>

int sample_add(int a, int b);
int sample_variable = 1;
int sample_chosen(int x);
int sample_twin_caller(int x);

__asm__(".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"
	".weak _.stapsdt.base\n"
	".hidden _.stapsdt.base\n"
	"_.stapsdt.base: .space 1\n"
	".size _.stapsdt.base, 1\n"
	".popsection\n");

unsigned short sample_semaphore __attribute__((section(".probes"), used));

/* A probe; `base` and `semaphore` are expressions of the assembler. */
#define PROBE_AT(place, base, semaphore, provider, name, arguments)                                \
	__asm__ volatile(".pushsection .note.stapsdt, \"\", \"note\"\n"                            \
			 ".balign 4\n"                                                             \
			 ".4byte 2f-1f, 4f-3f, 3\n"                                                \
			 "1: .asciz \"stapsdt\"\n"                                                 \
			 "2: .balign 4\n"                                                          \
			 "3: .8byte " place ", " base ", " semaphore "\n"                          \
			 ".asciz \"" provider "\"\n"                                               \
			 ".asciz \"" name "\"\n"                                                   \
			 ".asciz \"" arguments "\"\n"                                              \
			 "4: .balign 4\n"                                                          \
			 ".popsection\n")
#define PROBE(semaphore, name, arguments)                                                          \
	__asm__ volatile("990: nop\n");                                                            \
	PROBE_AT("990b", "_.stapsdt.base", semaphore, "sample", name, arguments)

static int helper(int x)
{
	__asm__ volatile("");
	return x + 1;
}

__attribute__((noinline)) static int sample_twin(int x)
{
	__asm__ volatile("");
	return x * 3;
}

int sample_add(int a, int b)
{
	PROBE("sample_semaphore", "adding", "-4@%edi -4@-8(%rbp) 8@(%rax, %rbx, 8)");
	return helper(a) + b;
}

static int choice(int x)
{
	return x;
}

static int (*choose(void))(int)
{
	return choice;
}

__attribute__((ifunc("choose"))) int sample_chosen(int x);

/* Two places, one name; the second note was made before its base moved by 0x1000. */
static void twice(void)
{
	PROBE("0", "twice", "-4@[sp, 12] 8@x0");
	__asm__ volatile("990: nop\n");
	PROBE_AT("990b-0x1000", "_.stapsdt.base-0x1000", "0", "sample", "twice", "");
}

static void broken(void)
{
	PROBE_AT("sample_semaphore", "_.stapsdt.base", "0", "broken", "data", "");
	PROBE_AT("0x7fffffff", "0", "0", "broken", "nowhere", "");
	PROBE_AT("sample_add", "0", "sample_add", "broken", "counter", "");
	PROBE_AT("sample_add", "0", "0x7fffffff", "broken", "counter_nowhere", "");
}

int main(void)
{
	twice();
	broken();
	return printf("%d\n", sample_add(sample_chosen(1), sample_twin(2) + sample_twin_caller(3)) +
				      sample_variable) < 0;
}
