/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The second half of an LSM hook's event: a file's hash; part of the library (lib.bpf.c). */
#ifndef TG_HASH_H
#define TG_HASH_H

#include "tg_lib.h"
#include "tg_kernel.h"

/* Without the helper there is no second program, and nobody to hand anything over to. */
TG_LIBRARY int tg_hash_hand_over(void *calls, __u32 hook, int error)
{
	struct tg_call_key key = call_key(hook);
	struct tg_call *call;

	if (!tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_ima_inode_hash___tg))
		return error;
	call = bpf_map_lookup_elem(calls, &key);
	if (!call)
		return error;
	call->saved[0] = error;
	return 0;
}

#ifndef TG_HOST
struct tg_hash_record {
	struct tg_hook hook;
	struct tg_part part;
	struct tg_file_hash hash;
};

static __inline long file_hash(struct file *file, struct tg_file_hash *out)
{
	if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_ima_file_hash___tg))
		return bpf_ima_file_hash(file, out->digest, sizeof(out->digest));
	return bpf_ima_inode_hash(file->f_inode, out->digest, sizeof(out->digest));
}

static __inline int send_hash(__u32 bundle, __u32 shape, const struct tg_call *call,
			      struct file *file)
{
	struct tg_hash_record r = {
		.hook.call = call->id,
		.part = {.kind = TG_PART_HASH, .size = sizeof(r.hash)},
		.hash.algorithm = -TG_ENOENT,
	};

	if (file)
		r.hash.algorithm = file_hash(file, &r.hash);
	return tg_send_sized(&r.hook, bundle, shape, call->won, sizeof(r));
}

TG_LIBRARY int tg_send_file_hash(__u32 bundle, __u32 shape, const struct tg_call *call,
				 const void *file)
{
	return send_hash(bundle, shape, call, (struct file *)file);
}

TG_LIBRARY int tg_send_program_hash(__u32 bundle, __u32 shape, const struct tg_call *call,
				    const void *program)
{
	const struct linux_binprm *p = program;

	return send_hash(bundle, shape, call, p ? p->file : NULL);
}
#endif

#endif
