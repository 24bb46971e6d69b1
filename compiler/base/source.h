/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input files and places in them. `struct sources` owns the bytes of every file read in a
 * run; spans are byte ranges into them, and lines and columns are computed when printing.
 */
#ifndef TGC_SOURCE_H
#define TGC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct source {
	const char *name; /* as the user gave it */
	const char *text; /* NUL-terminated; NULs inside are possible until checked */
	size_t size;
	const uint32_t *lines; /* byte offset of each line's start */
	size_t line_count;
	bool on_disk;		    /* `name` is a path that was read */
	bool terse;		    /* in the terse language: messages speak it */
	const uint32_t *characters; /* in the text before each block of SOURCE_BLOCK bytes */
};

/* Counting a column costs at most this many bytes, however long the line is. */
enum { SOURCE_BLOCK = 1024 };

struct span {
	uint32_t file;	     /* index into struct sources */
	uint32_t start, end; /* bytes, end exclusive */
};

struct sources {
	struct arena *arena; /* borrowed: holds everything below */
	struct source *files;
	uint32_t count, room;
	/* NULL, or asked first for the text of a path, in place of the disk; NULL: the disk has it.
	 * The text is copied. */
	const char *(*instead)(void *data, const char *path, size_t *size);
	void *instead_data;
};

/* A line and column as people count them, from 1; the column counts characters. */
struct place {
	uint32_t line, column;
};

/* The largest file that is read, in bytes; spans rely on it being below 4 GiB. */
#define SOURCE_MAX (16u << 20)

/* Reads a file ("-": standard input). Returns its index, or -1 with errno set (EFBIG: too large).
 */
int sources_load(struct sources *s, const char *path);
/* Adds text that is already in memory (tests, fuzzers); copies it. */
uint32_t sources_add(struct sources *s, const char *name, const char *text, size_t size);
/* Adds a file of others that live in the same arena. */
uint32_t sources_adopt(struct sources *s, const struct source *file);
/* Forgets the file added last; no message may point into it. */
void sources_drop_last(struct sources *s);
const struct source *sources_get(const struct sources *s, uint32_t file);
/* The index of the line that holds `offset` (from 0). Lines end at LF, CR LF or CR. */
size_t source_line(const struct source *f, uint32_t offset);
/* A text with LF at its line ends, with those of the file instead. */
const char *source_line_ends(struct arena *a, const struct source *f, const char *text,
			     size_t *size);
struct place source_place(const struct source *f, uint32_t offset);

#endif
