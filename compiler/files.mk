# The sources of tgc, without main.c.

# From YAML to the syntax tree; depends on nothing but libyaml.
reader_src := \
	compiler/arena.c \
	compiler/source.c \
	compiler/utf8.c \
	compiler/nearest.c \
	compiler/diag.c \
	compiler/diag_print.c \
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
	compiler/lower.c \
	compiler/kbtf.c \
	compiler/typecheck.c \
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

# What policies refer to besides the kernel's functions: user binaries, tracepoint records.
userelf_src := \
	compiler/userelf.c \
	compiler/userelf_symbols.c \
	compiler/userelf_go.c \
	compiler/userelf_notes.c \
	compiler/userelf_digest.c
compiler_src += $(userelf_src)
tracefs_src := compiler/tracefs.c compiler/tracefs_auto.c
compiler_src += $(tracefs_src)
compiler_src += compiler/tracepoint.c
