/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program or library that uprobes and USDT probes are attached to: its functions, its USDT
 * probes, its build id. userelf_open() reads the whole file once; everything that is said of it
 * afterwards, digests too, is about these bytes. The file is not trusted: whatever it holds, the
 * functions below answer or refuse.
 *
 * All that a struct userelf points to lives in the arena it was made with. "Offset" is always an
 * offset in the file, which is what the kernel attaches to; "address" a virtual address as the
 * file was linked. Functions that return false or NULL leave a sentence without a full stop in
 * `why`.
 */
#ifndef TGC_USERELF_H
#define TGC_USERELF_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;

enum {
	USERELF_LARGEST = 1 << 30, /* bytes; a larger file is refused */
	USERELF_WHY = 512,     /* a size of `why` that holds every sentence but for long names */
	USERELF_OPERANDS = 12, /* of a USDT probe; further ones are not split off */
	USERELF_BUILD_ID = 64,
};

enum userelf_machine { USERELF_X86_64, USERELF_ARM64 };
enum userelf_kind { USERELF_PROGRAM, USERELF_LIBRARY };

/* Where the names of functions come from. */
enum userelf_naming {
	USERELF_NO_NAMES,   /* stripped */
	USERELF_SYMBOLS,    /* .symtab and .dynsym */
	USERELF_DYNAMIC,    /* .dynsym alone: only what other files may call */
	USERELF_LINE_TABLE, /* Go's .gopclntab, and .dynsym if there is one */
};

struct userelf_segment { /* PT_LOAD */
	uint64_t address, offset;
	uint64_t file_size; /* lies within the file */
	bool executable;
};

enum userelf_binding { USERELF_LOCAL, USERELF_OLD_VERSION, USERELF_GLOBAL }; /* by rank */

struct userelf_symbol {
	const char *name; /* not always NUL-terminated at name_len: a version may follow */
	uint32_t name_len;
	uint64_t address, size; /* size 0: unknown */
	uint64_t offset;	/* valid for functions */
	enum userelf_binding binding;
	/* What cannot be probed under its name is kept, for the message. */
	enum { USERELF_FUNCTION, USERELF_IMPORT, USERELF_IFUNC, USERELF_OTHER } type;
};

struct userelf_probe {
	const char *provider, *name;
	const char *arguments; /* as the note has them */
	const char *operands[USERELF_OPERANDS];
	size_t operand_count;
	uint64_t location;  /* address, corrected by what the base has moved */
	uint64_t base;	    /* as recorded */
	uint64_t semaphore; /* address; 0: none */
	uint64_t offset;
	uint64_t ref_ctr_offset; /* of the semaphore; 0: none */
	const char *problem;	 /* why this probe cannot be attached, a sentence; NULL: it can */
};

struct userelf {
	const char *path;
	struct bytes file;
	enum userelf_machine machine;
	enum userelf_kind kind;
	bool pie;	  /* a program that is loaded anywhere */
	bool interpreter; /* asks for a dynamic loader; a program without it is static */
	bool go;	  /* built by Go: its stacks move, so return probes break it */
	enum userelf_naming naming;
	const char *debuglink;	/* name of the file with the symbols, else NULL */
	const char *go_problem; /* why a Go line table was not used, else NULL */
	uint8_t build_id[USERELF_BUILD_ID];
	size_t build_id_size; /* 0: none */
	struct userelf_segment *segments;
	size_t segment_count;
	struct userelf_symbol *symbols; /* by name */
	size_t symbol_count;
	struct userelf_symbol **by_offset; /* the functions among them */
	size_t function_count;
	struct userelf_probe *probes; /* as in the file */
	size_t probe_count;
};

struct userelf_place {
	uint64_t offset;
	const struct userelf_symbol *symbol; /* the function there; NULL: not known */
	uint64_t into;			     /* bytes into it */
};

/* Only regular files. NULL: not a program or library of a machine that tgc knows. */
struct userelf *userelf_open(struct arena *a, const char *path, char *why, size_t why_size);
/* The same for bytes that outlive the result; `path` is for messages. */
struct userelf *userelf_parse(struct arena *a, struct bytes file, const char *path, char *why,
			      size_t why_size);

/*
 * `name` or `name+offset` (decimal, 0x, 0o, 0b, or octal with a leading 0): the place to attach
 * to. Versions (`@...`) do not count, on either side; of several versions the default one is
 * meant. Several functions of the name, or an offset past the end, are refused.
 */
bool userelf_find(const struct userelf *e, const char *text, struct userelf_place *out, char *why,
		  size_t why_size);
/* The function nearest in spelling, in the arena; NULL: none. */
const char *userelf_nearest(const struct userelf *e, struct arena *a, const char *name);
/* A virtual address. False: no executable segment has it. */
bool userelf_address(const struct userelf *e, uint64_t address, struct userelf_place *out,
		     char *why, size_t why_size);
/* A file offset. False: it is not in an executable segment. */
bool userelf_offset(const struct userelf *e, uint64_t offset, struct userelf_place *out, char *why,
		    size_t why_size);
/* A reference counter's file offset: in a segment that is loaded and not executable? */
bool userelf_counter(const struct userelf *e, uint64_t offset, char *why, size_t why_size);

/*
 * Pointers to the probes of that provider and name, `*count` of them, which can all be attached.
 * NULL: there are none, or one has a problem.
 */
const struct userelf_probe **userelf_probes(const struct userelf *e, struct arena *a,
					    const char *provider, const char *name, size_t *count,
					    char *why, size_t why_size);
/* "python:gc__start, python:gc__done" for a note: each once, at most `limit`; NULL: no probes. */
const char *userelf_probe_list(const struct userelf *e, struct arena *a, size_t limit);

enum userelf_verdict { USERELF_SAME, USERELF_DIFFERS, USERELF_BAD_DIGEST };
/*
 * Does `<algorithm>:<hex>` name this file? sha1, sha256, sha384, sha512 or build-id; letter case
 * does not count. USERELF_DIFFERS: `why` says what the file has.
 */
enum userelf_verdict userelf_digest(const struct userelf *e, const char *wanted, char *why,
				    size_t why_size);
/* "sha256:0123..." of the file, or "build-id:..."; NULL: no such algorithm, no build id. */
const char *userelf_digest_text(const struct userelf *e, struct arena *a, const char *algorithm);

#endif
