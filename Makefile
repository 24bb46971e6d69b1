# tgc: every door is here. `make help` lists them.
#
# One non-recursive makefile; the folders' files.mk hold lists only.

B       := build
VERSION := 0.1.0
CC      := gcc
CLANG   := clang
STRIP   := llvm-strip
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

CFLAGS  := -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Werror
ALL_C    = -std=gnu11 -D_GNU_SOURCE -DTGC_VERSION='"$(VERSION)"' $(WARN) -I. -Ibpf-templates -I$(B)/gen -MMD -MP
SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
BPF_C   := -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Wshadow -Werror -Ibpf-templates

# Lists: compiler_src, compiler_libs, runtime_src, runtime_libs, shared_src (runtime files that
# tgc uses as well), vm_src (kernel harness), unit_src, ...
include compiler/files.mk runtime/files.mk tests/files.mk

obj      = $(patsubst %.c,$(B)/obj/%.o,$(1))
sanobj   = $(patsubst %.c,$(B)/san/%.o,$(1))

.PHONY: all
all: deps $(B)/tgc $(B)/tgrun

# ---- programs -----------------------------------------------------------------------------

$(B)/tgc: $(call obj,$(compiler_src) compiler/main.c $(shared_src))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(compiler_libs)

$(B)/tgrun: $(call obj,$(runtime_src) $(shared_src) runtime/main.c runtime/libbpf_calls.c)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(tgrun_libs)

$(B)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(ALL_C) -c -o $@ $<

$(B)/san/%.o: %.c
	$(call say,CC-SAN,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(SAN) $(ALL_C) -c -o $@ $<

# BPF objects: base, the process programs, is embedded in tgrun; lib and bits, what generated
# units are linked with, in tgc.
$(B)/base.bpf.o: bpf-templates/process.bpf.c
$(B)/lib.bpf.o: bpf-templates/lib.bpf.c
$(B)/bits.bpf.o: bpf-templates/bits.bpf.c
$(B)/lib_args.bpf.o: bpf-templates/lib_args.bpf.c
$(B)/%.bpf.o: $(wildcard bpf-templates/*.h)
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_C) -nostdinc -fdebug-compilation-dir=. -ffile-prefix-map=$(CURDIR)=. -c -o $@.tmp $(filter %.c,$^)
	$(Q)$(STRIP) -g $@.tmp && mv $@.tmp $@
$(B)/obj/runtime/base.o $(B)/san/runtime/base.o: $(B)/base.bpf.o
$(B)/obj/compiler/back/templates.o $(B)/san/compiler/back/templates.o: $(B)/lib.bpf.o $(B)/bits.bpf.o $(B)/lib_args.bpf.o $(wildcard bpf-templates/*)

# The parser of the terse language. Generated C is not held to the warnings of ours.
$(B)/gen/tgc.tab.c $(B)/gen/tgc.tab.h &: grammar/tgc.y
	$(call say,BISON,$<)
	$(Q)mkdir -p $(@D)
	$(Q)bison -Wall -Werror --header=$(B)/gen/tgc.tab.h -o $(B)/gen/tgc.tab.c $<
$(B)/gen/tgc.lex.c: grammar/tgc.l $(B)/gen/tgc.tab.h
	$(call say,FLEX,$<)
	$(Q)flex -o $@ $<
# Messages of the gRPC service: descriptors from .proto files, ours and protobuf's own.
$(proto_c) $(proto_h) &: $(wildcard runtime/grpc/*.proto)
	$(call say,PROTOC,runtime/grpc)
	$(Q)mkdir -p $(B)/gen
	$(Q)protoc --proto_path=runtime/grpc --proto_path=/usr/include --c_out=$(B)/gen $(addsuffix .proto,$(proto_names))
$(foreach k,obj san fuzz/obj,$(patsubst %.c,$(B)/$(k)/%.o,$(wildcard runtime/grpc/*.c runtime/cri/*.c runtime/event_cel*.c tests/unit/test_grpc*.c tests/unit/test_cri.c tests/fuzz/fuzz_grpc*.c tests/fuzz/fuzz_cri*.c tests/events/*.c tests/kernel/cri_client.c) $(proto_c))): | $(proto_h)

generated_warn := -Wno-unused-function -Wno-unused-parameter -Wno-sign-compare -Wno-missing-prototypes \
	-Wno-strict-prototypes -Wno-shadow -Wno-unused-but-set-variable -Wno-unused-variable
$(foreach k,obj san fuzz/obj,$(B)/$(k)/$(B)/gen/%.o): WARN += $(generated_warn)
$(foreach k,obj san fuzz/obj,$(patsubst %.c,$(B)/$(k)/%.o,$(wildcard compiler/terse/*.c))): | $(B)/gen/tgc.tab.h

# Constants of the system's headers, by name.
llvm_dir = $(shell llvm-config --prefix)
$(B)/make-constants: compiler/terse/tool/make_constants.c grammar/constants.def
	$(call say,TOOL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(ALL_C) -I$(llvm_dir)/include -MF $@.d -o $@ $< -L$(llvm_dir)/lib -lclang \
		-Wl,-rpath,$(llvm_dir)/lib
$(B)/gen/constants.def: $(B)/make-constants
	$(Q)mkdir -p $(@D)
	$(Q)$(B)/make-constants >$@.tmp && mv $@.tmp $@
$(foreach k,obj san fuzz/obj,$(B)/$(k)/compiler/terse/constants.o): $(B)/gen/constants.def

# The pages of messages are embedded in tgc, listed by a table made from the folder.
pages := $(sort $(wildcard docs/rules/*.md))
$(B)/obj/compiler/diag/pages.o $(B)/san/compiler/diag/pages.o $(B)/fuzz/obj/compiler/diag/pages.o: $(B)/gen/pages.def $(pages)
$(B)/gen/pages.def: $(pages) docs/rules
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(pages); do n=$$(basename $$f .md); \
		echo "PAGE($$(echo $$n | tr - _), \"$$n\", \"$$f\")"; done >$@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- installation -------------------------------------------------------------------------

PREFIX  := /usr/local
bindir  := $(PREFIX)/bin
sbindir := $(PREFIX)/sbin
mandir  := $(PREFIX)/share/man
unitdir := $(PREFIX)/lib/systemd/system
usersdir := $(PREFIX)/lib/sysusers.d
policies := $(PREFIX)/share/tgc/policies

#: install        the programs, manuals, policies and a systemd unit (PREFIX, DESTDIR)
.PHONY: install
install: all
	install -d $(addprefix $(DESTDIR),$(bindir) $(sbindir) $(mandir)/man1 $(mandir)/man8 $(unitdir) $(usersdir) $(policies))
	install -s $(B)/tgc $(DESTDIR)$(bindir)/tgc
	install -s $(B)/tgrun $(DESTDIR)$(sbindir)/tgrun
	install -m 644 docs/man/tgc.1 $(DESTDIR)$(mandir)/man1/tgc.1
	install -m 644 docs/man/tgrun.8 $(DESTDIR)$(mandir)/man8/tgrun.8
	install -m 644 $(wildcard stdlib-policies/*.yaml) $(DESTDIR)$(policies)
	install -d $(DESTDIR)$(PREFIX)/share/tgc/library
	install -m 644 $(wildcard stdlib-policies/library/*.tg) $(DESTDIR)$(PREFIX)/share/tgc/library
	install -m 644 runtime/systemd/tgrun.sysusers $(DESTDIR)$(usersdir)/tgrun.conf
	sed 's|@SBINDIR@|$(sbindir)|' runtime/systemd/tgrun.service.in >$(DESTDIR)$(unitdir)/tgrun.service

# ---- checks -------------------------------------------------------------------------------

include tests/check.mk

# ---- packages -----------------------------------------------------------------------------

.PHONY: deps
deps: $(B)/.deps
$(B)/.deps: packages.txt tests/deps.sh
	$(Q)mkdir -p $(B)
	$(Q)sh tests/deps.sh packages.txt
	$(Q)touch $@

.PHONY: clean help
clean:
	rm -rf $(B)
help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)
