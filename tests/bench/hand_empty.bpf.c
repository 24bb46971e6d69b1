// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an LSM program costs that does nothing. */
#include "hand_ring.h"

SEC("lsm/file_open")
int BPF_PROG(hand_empty, void *file)
{
	return 0;
}
