// SPDX-License-Identifier: Apache-2.0
/* A kernel that has nothing of what came later, for the messages that say so. */

int fixture_int(int number)
{
	return number;
}

struct file;

int bpf_lsm_file_open(struct file *file)
{
	return !file;
}
