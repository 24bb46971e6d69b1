# SPDX-License-Identifier: Apache-2.0
# tgrun, without its main.c.
runtime_src += runtime/attach.c
runtime_src += runtime/base.c
runtime_src += runtime/bpf_log.c
runtime_src += runtime/buffer.c
runtime_src += runtime/bundle.c
runtime_src += runtime/bundle_table.c
runtime_src += runtime/calls.c
runtime_src += runtime/clock.c
runtime_src += runtime/conflict.c
runtime_src += runtime/counters.c
runtime_src += runtime/delivery.c
runtime_src += runtime/dispatch.c
runtime_src += runtime/event.c
runtime_src += runtime/event_compact.c
runtime_src += runtime/event_json.c
runtime_src += runtime/failure.c
runtime_src += runtime/features.c
runtime_src += runtime/flags.c
runtime_src += runtime/hook_event.c
runtime_src += runtime/hook_text.c
runtime_src += runtime/image_text.c
runtime_src += runtime/json.c
runtime_src += runtime/kernel_btf.c
runtime_src += runtime/kprobe_lines.c
runtime_src += runtime/ksyms.c
runtime_src += runtime/load.c
runtime_src += runtime/losses.c
runtime_src += runtime/memory.c
runtime_src += runtime/misses.c
runtime_src += runtime/notice.c
runtime_src += runtime/oom_score.c
runtime_src += runtime/options.c
runtime_src += runtime/output.c
runtime_src += runtime/permission.c
runtime_src += runtime/privs.c
runtime_src += runtime/procfs.c
runtime_src += runtime/procs.c
runtime_src += runtime/quote.c
runtime_src += runtime/record.c
runtime_src += runtime/relay.c
runtime_src += runtime/startup.c
runtime_src += runtime/targets.c
runtime_src += runtime/userfile.c
runtime_src += runtime/utf8.c

# The bundle: what tgc links too, and what only a node does.
shared_src += runtime/artifact.c
shared_src += runtime/artifact_entries.c
shared_src += runtime/file.c
shared_src += runtime/signature.c
shared_src += runtime/trust.c
shared_src += runtime/verify.c
runtime_src += runtime/rollback.c

runtime_libs += -lbpf -lelf -lz -lcap-ng -lcrypto
