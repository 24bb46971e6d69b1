// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sanitizer/asan_interface.h>

#define MEMORY_SIZE (16u << 20)
#define RED_ZONE    32u
#define KERNEL_BIT  (1ull << 63)
#define SLACK	    64 /* kernel objects are longer than what the templates know of them */

static unsigned char memory[MEMORY_SIZE] __attribute__((aligned(64)));
static unsigned char unreadable[4096] __attribute__((aligned(4096))); /* all zero */

static const struct fake_layout host_layout = {
	.sizes =
		{
#define OBJECT(id, type) [FAKE_##id] = sizeof(type) + SLACK,
#include "fields.def"
		},
	.offsets =
		{
#define FIELD(id, type, member) [FAKE_##id] = __builtin_offsetof(type, member),
#include "fields.def"
		},
	.inline_name = __builtin_offsetof(struct dentry, d_iname),
};

static const unsigned char widths[] = {
#define FIELD(id, type, member) [FAKE_##id] = sizeof(((type *)0)->member),
#include "fields.def"
};

static const struct fake_space host = {
	.memory = memory, .size = MEMORY_SIZE, .layout = &host_layout};

static const struct fake_space *space = &host;
static unsigned long used, user_used;

static bool on_host(void)
{
	return space == &host;
}

void fake_use(const struct fake_space *other)
{
	space = other ? other : &host;
}

void fake_forget(void)
{
	if (on_host())
		__asan_poison_memory_region(memory, used ? used : MEMORY_SIZE);
	used = user_used = 0;
}

bool fake_holds(const void *p)
{
	const unsigned char *at = p;

	return at >= memory && at < memory + used;
}

bool fake_holds_string(const void *p)
{
	return fake_holds(p) && !__asan_address_is_poisoned(p);
}

void *fake_alloc(unsigned long size, unsigned long slack)
{
	unsigned char *at = space->memory + used + RED_ZONE;
	unsigned long step = (size + slack + 2 * RED_ZONE + 15) & ~15ul;

	if (used + step > space->size) {
		fprintf(stderr, "out of fake memory\n");
		exit(3);
	}
	used += step;
	if (on_host())
		__asan_unpoison_memory_region(at, size + slack);
	memset(at, 0xa5, size + slack);
	return at;
}

void *fake_object(enum fake_object kind)
{
	return fake_alloc(space->layout->sizes[kind], 0);
}

void *fake_user_alloc(unsigned long size)
{
	void *at = space->user + user_used;

	if (on_host())
		return fake_alloc(size, 0);
	if (user_used + size > space->user_size) {
		fprintf(stderr, "out of fake memory\n");
		exit(3);
	}
	user_used += size;
	return at;
}

unsigned long long fake_address(const void *object)
{
	if (!object || on_host())
		return (unsigned long long)object;
	return (unsigned long long)((const unsigned char *)object - space->memory) + space->kernel;
}

void *fake_member(void *object, enum fake_field field)
{
	return (unsigned char *)object + space->layout->offsets[field];
}

void *fake_inline_name(void *dentry)
{
	return (unsigned char *)dentry + space->layout->inline_name;
}

void fake_put(void *object, enum fake_field field, unsigned long long value)
{
	memcpy(fake_member(object, field), &value, widths[field]);
}

void fake_put_pointer(void *object, enum fake_field field, const void *to)
{
	fake_put(object, field, fake_address(to));
}

unsigned long long fake_fault(void)
{
	return on_host() ? (unsigned long long)(unreadable + 64) : space->fault;
}

unsigned long long fake_kernel_address(const void *p)
{
	return on_host() ? (unsigned long long)p | KERNEL_BIT : fake_address(p);
}
