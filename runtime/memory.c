// SPDX-License-Identifier: Apache-2.0
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "runtime/memory.h"

/* Only what is mapped read-only straight from the file: nothing can be lost. */
static int drop_text(struct dl_phdr_info *object, size_t size, void *context)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)context;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
		uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_filesz;

		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W))
			madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void memory_give_back(void)
{
	malloc_trim(0);
	dl_iterate_phdr(drop_text, NULL);
}
