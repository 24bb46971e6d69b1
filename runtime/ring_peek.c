// SPDX-License-Identifier: Apache-2.0
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "runtime/ring_peek.h"

#define FLAGS (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT)

void ring_peek_memory(const void *data, uint32_t size, uint64_t consumer, uint64_t producer,
		      void (*take)(void *state, const void *record, size_t size), void *state)
{
	if (producer - consumer > size)
		return;
	while (consumer < producer) {
		const char *at = (const char *)data + (consumer & (size - 1));
		uint32_t head =
			__atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_ACQUIRE);
		uint32_t length = head & ~FLAGS;
		uint64_t room = (BPF_RINGBUF_HDR_SZ + (uint64_t)length + 7) & ~7ull;

		if (head & BPF_RINGBUF_BUSY_BIT || room > producer - consumer)
			return;
		if (!(head & BPF_RINGBUF_DISCARD_BIT))
			take(state, at + BPF_RINGBUF_HDR_SZ, length);
		consumer += room;
	}
}

static uint64_t load_position(const void *page)
{
	return __atomic_load_n((const unsigned long *)page, __ATOMIC_ACQUIRE);
}

/* A page with the consumer's position, one with the producer's, then the ring twice. */
int ring_peek(int fd, uint32_t size, void (*take)(void *state, const void *record, size_t size),
	      void *state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), rest = page + 2 * (size_t)size;
	void *consumer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	char *producer;

	if (consumer == MAP_FAILED)
		return -1;
	producer = mmap(NULL, rest, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (producer == MAP_FAILED) {
		munmap(consumer, page);
		return -1;
	}
	ring_peek_memory(producer + page, size, load_position(consumer), load_position(producer),
			 take, state);
	munmap(producer, rest);
	munmap(consumer, page);
	return 0;
}
