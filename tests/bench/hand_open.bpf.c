// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The job of tests/bench/open.yaml written by hand. */
#include "hand.h"

SEC("lsm/file_open")
int BPF_PROG(hand_open, struct file *file)
{
	if (path_kind(&file->f_path) & SECRET)
		report(&file->f_path, 3, 0);
	return 0;
}
