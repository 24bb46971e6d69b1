// SPDX-License-Identifier: Apache-2.0
/* The same name in another file, and a function of two versions when this is a library. */
int sample_twin_caller(int x);

__attribute__((noinline)) static int sample_twin(int x)
{
	__asm__ volatile("");
	return x * 5;
}

int sample_twin_caller(int x)
{
	return sample_twin(x);
}

#ifdef VERSIONS
int answer_old(void);
int answer_new(void);

int answer_old(void)
{
	return 41;
}

int answer_new(void)
{
	return 42;
}

__asm__(".symver answer_old, answer@V1\n"
	".symver answer_new, answer@@V2\n");
#endif
