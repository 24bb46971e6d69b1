/* SPDX-License-Identifier: Apache-2.0 */
/* A made ELF file: a Go program without symbols, as its linker lays out the line table. */
#ifndef TEST_ELF_FIXTURE_H
#define TEST_ELF_FIXTURE_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;

enum go_release { GO_1_16, GO_1_18, GO_1_20 };

struct go_shape {
	enum go_release release;
	bool sections;	  /* else only segments, and the table must be searched for */
	bool own_text;	  /* the header says where the code starts */
	bool relocations; /* or a relocation does */
	bool cgo;
};

enum {
	GO_TEXT = 0x401000,
	GO_TEXT_AT = 0x1000, /* in the file */
	GO_TABLE_AT = 0x2000,
	GO_FUNCTIONS = 3, /* main.main, main.(*T).Get, runtime.goexit; 0x40 bytes each */
};

struct bytes fixture_go(struct arena *a, struct go_shape shape);

#endif
