/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that somebody else owns. */
#ifndef TG_BYTES_H
#define TG_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	size_t size;
};

#endif
