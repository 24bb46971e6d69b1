# The sources of tgc, without main.c.

# From YAML to the syntax tree; depends on nothing but libyaml and, for messages, jansson.
reader_src := \
	compiler/arena.c \
	compiler/source.c \
	compiler/utf8.c \
	compiler/nearest.c \
	compiler/diag.c \
	compiler/diag_print.c \
	compiler/diag_level.c \
	compiler/diag_fix.c \
	compiler/diag_write.c \
	compiler/diag_json.c \
	compiler/diag_sarif.c \
	compiler/diag_github.c \
	compiler/pages.c \
	compiler/fix.c \
	compiler/fix_plan.c \
	compiler/fix_diff.c \
	compiler/yaml_text.c \
	compiler/yaml_syntax.c \
	compiler/yaml_scalar.c \
	compiler/yaml_tree.c \
	compiler/yaml_schema.c \
	compiler/yaml_report.c \
	compiler/yaml_checks.c \
	compiler/yaml_policy.c \
	compiler/ast_print.c

compiler_src := $(reader_src)
compiler_libs := -lyaml

# From the tree to the object.
compiler_src += \
	compiler/types.c \
	compiler/value.c \
	compiler/hook_kinds.c \
	compiler/lower.c \
	compiler/lower_names.c \
	compiler/lower_args.c \
	compiler/lower_selector.c \
	compiler/lower_process.c \
	compiler/lower_actions.c \
	compiler/lower_probe.c \
	compiler/ir_print.c \
	compiler/typecheck.c \
	compiler/check_function.c \
	compiler/check_syscall.c \
	compiler/check_event.c \
	compiler/check_arg.c \
	compiler/check_path.c \
	compiler/check_filter.c \
	compiler/check_probe.c \
	compiler/tir_print.c \
	compiler/gaps.c \
	compiler/plan.c \
	compiler/emit.c \
	compiler/emit_text.c \
	compiler/emit_sketch.c \
	compiler/emit_binaries.c \
	compiler/templates.c \
	compiler/build.c \
	compiler/describe.c \
	compiler/pipeline.c \
	compiler/vm/child.c

compiler_libs += -lbpf -lelf -lz -lcrypto

# The bundle.
compiler_src += compiler/manifest.c
compiler_src += compiler/pack.c
compiler_src += compiler/sign.c
compiler_src += compiler/bundle_write.c
compiler_src += compiler/object_info.c
compiler_src += compiler/bundle_words.c
compiler_src += compiler/bundle_text.c
compiler_src += compiler/bundle_json.c
compiler_src += compiler/cmd_bundle.c

# The command line.
compiler_src += compiler/project.c
compiler_src += compiler/project_check.c
compiler_src += compiler/policy_files.c
compiler_src += compiler/kernel_check.c
compiler_src += compiler/lint.c
compiler_src += compiler/command.c
compiler_src += compiler/cmd_compile.c
compiler_src += compiler/cmd_dump.c
compiler_src += compiler/cmd_init.c
compiler_src += compiler/cmd_lint.c

compiler_libs += -lcyaml

compiler_libs += -ljansson

# The kernel harness: for the tests, later for tgc's dryrun and prove. init.c is a program of
# its own, the guest's first.
vm_src := \
	compiler/vm/apt.c \
	compiler/vm/apt_sources.c \
	compiler/vm/boot.c \
	compiler/vm/child.c \
	compiler/vm/files.c \
	compiler/vm/guest.c \
	compiler/vm/initramfs.c \
	compiler/vm/kernels.c \
	compiler/vm/needed.c \
	compiler/vm/vm.c \
	compiler/vm/vmlinuz.c

vm_libs := -larchive -lelf

# Options about messages, and their pages.
compiler_src += compiler/diag_options.c
compiler_src += compiler/cmd_explain.c
compiler_src += compiler/page_print.c
compiler_src += compiler/explain_policies.c

# Kernels: type information, profiles of them, and the commands that show them.
kernel_src := $(addprefix compiler/,mapped_file.c kernel_elf.c kbtf.c kbtf_image.c kbtf_index.c \
	kbtf_shape.c kbtf_text.c kbtf_trace.c profile.c profile_parts.c profile_store.c profile_write.c \
	kernel_text.c kernel_kallsyms.c kernel_files.c kernel_deb.c kernel_running.c \
	vm/files.c vm/vm.c vm/vmlinuz.c)
compiler_src += $(kernel_src)
compiler_src += compiler/profile_print.c
compiler_src += compiler/cmd_kernels.c
compiler_src += compiler/cmd_btf.c
compiler_src += compiler/btf_print.c
compiler_src += $(addprefix compiler/vm/,apt.c apt_sources.c kernels.c)

compiler_libs += -larchive
tracefs_src := compiler/tracefs.c compiler/tracefs_auto.c
compiler_src += $(tracefs_src)
compiler_src += compiler/tracepoint.c

# The value languages: what stands in `values`, `resolve`, `rateLimit` and the like.
value_src := \
	compiler/cel_check.c \
	compiler/cel_parse.c \
	compiler/digest.c \
	compiler/fieldpath.c \
	compiler/names.c \
	compiler/number.c \
	compiler/operator.c \
	compiler/option.c \
	compiler/pattern.c \
	compiler/process_value.c \
	compiler/rate.c \
	compiler/regs.c \
	compiler/symbol.c \
	compiler/syscalls.c \
	compiler/usdt.c \
	compiler/value_caps.c \
	compiler/value_error.c \
	compiler/value_net.c \
	compiler/value_number.c \
	compiler/value_text.c
compiler_src += $(value_src)
# What policies refer to besides the kernel's functions: user binaries, tracepoint records.
userelf_src := \
	compiler/userelf.c \
	compiler/userelf_symbols.c \
	compiler/userelf_go.c \
	compiler/userelf_notes.c \
	compiler/userelf_digest.c
compiler_src += $(userelf_src)
compiler_libs += -lpcre2-8
# Rules: what is good to the letter only.
compiler_src += \
	compiler/rules.c \
	compiler/rules_facts.c \
	compiler/rules_select.c \
	compiler/rules_values.c \
	compiler/rules_scope.c \
	compiler/rules_actions.c \
	compiler/rules_place.c \
	compiler/rules_tetragon.c \
	compiler/imply.c \
	compiler/imply_value.c \
	compiler/imply_process.c
# Policies in prose, and what is known of hooks, features and names in kernels.
compiler_src += $(addprefix compiler/,explain_doc.c explain_policy.c explain_hook.c explain_rule.c \
	explain_process.c explain_filter.c explain_action.c explain_gaps.c explain_kernels.c \
	hook_words.c features.c renames.c)
compiler_src += compiler/matrix.c compiler/matrix_print.c
# The reference evaluator: what policies mean, apart from what is generated of them.
eval_src := $(addprefix compiler/eval/,actions.c effects.c eval.c expression.c filter.c network.c \
	process.c state.c value.c workload.c)
compiler_src += $(eval_src)
