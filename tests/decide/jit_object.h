/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object in the kernel, by libbpf. Apart from jit.c, whose headers have other functions by
 * the names of libbpf's.
 */
#ifndef DECIDE_JIT_OBJECT_H
#define DECIDE_JIT_OBJECT_H

#include <stddef.h>

struct arena;
struct jit_object;

#define JIT_RECORDS 8

/* What came through the ring at the last look; the first ones are kept. */
struct jit_records {
	unsigned count;
	struct {
		size_t size;
		unsigned char bytes[32 << 10];
	} v[JIT_RECORDS];
};

/* NULL: this process may load programs and test-run them; else why not. */
const char *jit_missing(void);
/*
 * Loads the programs of an object whose names begin with `run_`. Those that the verifier refuses
 * are left out, each with a line printed, and counted in `*refused`. NULL: said why.
 */
struct jit_object *jit_object_load(struct arena *a, const char *path, unsigned *refused);
void jit_object_close(struct jit_object *j);

/* A map's descriptor; negative: there is none. */
int jit_object_map(const struct jit_object *j, const char *name);
/* All of a map in memory, until munmap(). */
void *jit_object_mapped(const struct jit_object *j, const char *name, size_t *size);
/* A NULL value takes the entry away. */
void jit_object_put(int map, const void *key, const void *value);
/* A loaded program, or NULL. */
void *jit_object_find(const struct jit_object *j, const char *name);
/* Its result. */
int jit_object_run(const void *program);
const struct jit_records *jit_object_records(struct jit_object *j);

#endif
