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

# Kernels: type information, profiles of them, and the commands that show them.
kernel_src := $(addprefix compiler/,mapped_file.c kernel_elf.c kbtf.c kbtf_image.c kbtf_index.c \
	kbtf_shape.c kbtf_text.c profile.c profile_parts.c profile_store.c profile_write.c \
	kernel_text.c kernel_kallsyms.c kernel_files.c kernel_deb.c kernel_running.c \
	vm/files.c vm/vm.c vm/vmlinuz.c)
compiler_src += $(kernel_src)
compiler_src += compiler/profile_print.c
compiler_src += compiler/cmd_kernels.c
compiler_src += compiler/cmd_btf.c
compiler_src += compiler/btf_print.c
compiler_src += $(addprefix compiler/vm/,apt.c apt_sources.c kernels.c)

compiler_libs += -larchive
