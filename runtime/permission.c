// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include "runtime/permission.h"

static char type_letter(uint16_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFBLK:
		return 'b';
	case S_IFCHR:
		return 'c';
	case S_IFDIR:
		return 'd';
	case S_IFIFO:
		return 'p';
	case S_IFLNK:
		return 'l';
	case S_IFREG:
		return '-';
	case S_IFSOCK:
		return 's';
	default:
		return '\0';
	}
}

const char *permission_text(char text[PERMISSION_TEXT_SIZE], uint16_t mode)
{
	static const struct {
		uint16_t special;
		char with_x, without_x;
	} groups[] = {{S_ISUID, 's', 'S'}, {S_ISGID, 's', 'S'}, {S_ISVTX, 't', 'T'}};
	char *at = text;

	if (type_letter(mode))
		*at++ = type_letter(mode);
	for (int i = 0; i < 3; i++) {
		unsigned int bits = mode >> (6 - 3 * i) & 7;

		*at++ = bits & 4 ? 'r' : '-';
		*at++ = bits & 2 ? 'w' : '-';
		if (mode & groups[i].special)
			*at++ = bits & 1 ? groups[i].with_x : groups[i].without_x;
		else
			*at++ = bits & 1 ? 'x' : '-';
	}
	*at = '\0';
	return text;
}
