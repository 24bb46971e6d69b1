# The sources of tgc, a list a folder, without main.c.

in = $(sort $(wildcard compiler/$(1)/*.c))

# From YAML to the syntax tree; depends on nothing but libyaml and, for messages, jansson.
reader_src := $(call in,base) $(call in,diag) $(call in,read)

# The terse language: to the same tree as YAML's, and back.
terse_src := $(call in,terse) $(B)/gen/tgc.tab.c $(B)/gen/tgc.lex.c

# The value languages: what stands in `values`, `resolve`, `rateLimit` and the like.
value_src := $(call in,words) $(call in,values)

# Kernels: type information, profiles of them.
kernel_src := $(filter-out %/profile_print.c %/btf_print.c,$(call in,kernels)) \
	compiler/base/mapped_file.c $(addprefix compiler/vm/,files.c lazy_archive.c vm.c vmlinuz.c)

# What policies refer to besides the kernel's functions: user binaries, tracepoint records.
userelf_src := $(filter compiler/binaries/userelf%,$(call in,binaries))
tracefs_src := $(filter compiler/binaries/tracefs%,$(call in,binaries))

# The reference evaluator: what policies mean, apart from what is generated of them.
eval_src := $(call in,eval)

compiler_src := $(reader_src) $(terse_src) $(value_src) $(call in,kernels) $(call in,binaries) \
	$(foreach f,lower check rules explain eval cache back prove lsp,$(call in,$(f))) \
	$(filter-out %/main.c,$(call in,commands)) \
	$(addprefix compiler/vm/,apt.c apt_sources.c boot.c child.c files.c initramfs.c \
		kernels.c lazy_archive.c machine.c needed.c vm.c vmlinuz.c)
compiler_libs := -lyaml -lcyaml -ljansson -lpcre2-8 -lbpf -lelf -lz -lcrypto

# The kernel harness: for the tests, later for tgc's dryrun and prove. init.c is a program of
# its own, the guest's first.
vm_src := $(filter-out %/init.c,$(call in,vm))
vm_libs := -lelf
