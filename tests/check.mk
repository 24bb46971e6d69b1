# Tests: every group is one target that counts for itself; `make check` runs all of them and
# ends with the total. Lists of files are in tests/files.mk.

# Tests neither use nor fill the user's cache.
export TGC_CACHE_DIR := $(CURDIR)/$(B)/tests/cache

results  := $(B)/results
tally     = $(Q)sh tests/tally.sh $(results)
groups   := unit golden rules formats cli cache lint lsp eval decide differ bundle fuzz style docs metrics service cri coverage kernel static containers events corpus prove editors

#: check          every test, ends with `N passed, N failed`
.PHONY: check check-build $(addprefix check-,$(groups))
check: deps
	@rm -f $(results) $(results).*
	@$(MAKE) --no-print-directory -k -j2 check-build || echo 'build failed'
	@$(MAKE) --no-print-directory -k $(addprefix check-,$(groups)) || true
	@sh tests/tally.sh --sum $(results) $(groups)

check-build: deps $(B)/tgc $(B)/tgrun $(B)/tests/unit $(B)/tests/tgc-san $(B)/tests/kernel-run $(B)/tests/corpus-run $(B)/tests/guest \
	$(B)/tests/tool $(B)/tests/cri-client $(B)/vm-init $(B)/tests/make-bundle $(B)/tests/decide-run $(B)/tests/eval-run $(addprefix $(B)/fuzz/,$(fuzz_targets))

# ---- unit tests: Criterion, with sanitizers ------------------------------------------------

unit_libs := -lcriterion -larchive -lelf
unit_objects := $(sort $(call sanobj,$(unit_src) $(compiler_src) $(runtime_src) $(shared_src) \
	$(vm_src) tests/kernel/case.c tests/kernel/match.c tests/kernel/record.c))

$(B)/tests/unit: $(unit_objects)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -g $(SAN) -o $@ $^ $(sort $(compiler_libs) $(runtime_libs) $(vm_libs)) $(unit_libs)

# Programs that tests of compiler/binaries/userelf.c read.
elf_samples := $(addprefix $(B)/tests/elf/,pie fixed static stripped linked.so)
$(B)/tests/unit: | $(elf_samples)
$(B)/tests/elf/fixed: elf_flags := -no-pie
$(B)/tests/elf/static: elf_flags := -static
$(B)/tests/elf/linked.so: elf_flags := -shared -fPIC -DVERSIONS -Wl,--version-script=tests/elf/versions.map
$(B)/tests/elf/pie $(B)/tests/elf/fixed $(B)/tests/elf/static: tests/elf/sample.c tests/elf/twin.c
$(B)/tests/elf/linked.so: tests/elf/twin.c tests/elf/versions.map
$(filter-out %/stripped,$(elf_samples)):
	$(call say,SAMPLE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -Wl,--build-id=sha1 $(or $(elf_flags),-pie -fPIE) -o $@ $(filter %.c,$^)
$(B)/tests/elf/stripped: $(B)/tests/elf/pie
	$(Q)objcopy --only-keep-debug $< $@.debug
	$(Q)objcopy --strip-all --add-gnu-debuglink=$@.debug $< $@

# Programs that verifiers refuse, one a cause; what kernels said of them is in tests/verifier.
bad_bpf = $(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -idirafter /usr/include/$(shell $(CC) -dumpmachine) -c
$(B)/tests/unit: | $(B)/tests/bad.bpf.o
$(B)/tests/bad.bpf.o: tests/verifier/bad.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(bad_bpf) -o $@ $<

#: check-unit     unit tests (Criterion, with sanitizers)
check-unit: deps $(B)/tests/unit
	$(tally) unit $(B)/tests/unit

# ---- golden texts --------------------------------------------------------------------------

# A small kernel's type information, so that no golden text depends on the host's.
golden_btf := $(B)/tests/fixture.bpf.o
old_btf := $(B)/tests/old.bpf.o
$(golden_btf) $(old_btf): $(B)/tests/%.bpf.o: tests/btf/%.c
	$(call say,BTF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -target bpf -g -O1 -std=gnu11 -Wall -Wextra -Werror -c -o $@ $<

#: check-golden   messages and dumps of tgc against tests/golden
check-golden: deps $(B)/tgc $(golden_btf) $(old_btf) $(elf_samples)
	$(tally) golden sh -c 'sh tests/golden/run.sh && python3 tests/golden/vectors.py && sh tests/golden/corpus.sh && sh tests/golden/roundtrip.sh && python3 tests/golden/terse-messages.py'

#: bless          rewrite the golden texts from what tgc prints now
.PHONY: bless
bless: deps $(B)/tgc $(golden_btf) $(old_btf) $(elf_samples)
	BLESS=1 sh tests/golden/run.sh
	BLESS=1 sh tests/golden/lint.sh $(B)/tgc $(golden_btf)
	BLESS=1 sh tests/golden/rules.sh
	BLESS=1 sh tests/golden/transcript.sh $(B)/tgc $(golden_btf) tests/golden/kernels.transcript

#: check-rules    the pages of docs/rules: each example does what it says
check-rules: deps $(B)/tgc $(golden_btf) $(elf_samples)
	$(tally) rules sh tests/golden/rules.sh

# The schema of SARIF is fetched, where there is an npm.
sarif_schema := $(B)/tests/sarif-2.1.0.json

#: check-formats  JSON, SARIF and annotations against the text, and SARIF's schema
check-formats: deps $(B)/tgc $(golden_btf)
	$(tally) formats sh -c 'sh tests/golden/sarif-schema.sh $(sarif_schema) && \
		/usr/bin/python3 tests/golden/formats.py $(B)/tgc $(golden_btf) \
			$$(ls $(sarif_schema) 2>/dev/null)'

# ---- the command line ----------------------------------------------------------------------

#: check-cli      exit codes of tgc, what it leaves behind, the same bytes anywhere
check-cli: deps $(B)/tgc $(golden_btf)
	$(tally) cli sh tests/golden/cli.sh $(B)/tgc $(golden_btf)

#: check-cache    what tgc compile takes from its cache, and what interrupting it leaves
check-cache: deps $(B)/tgc $(golden_btf)
	$(tally) cache sh tests/golden/cache.sh $(B)/tgc $(golden_btf)

#: check-lint     tgc lint and tgc init, and the messages about project files
check-lint: deps $(B)/tgc $(golden_btf)
	$(tally) lint sh tests/golden/lint.sh $(B)/tgc $(golden_btf)

# ---- the language server -------------------------------------------------------------------

# The same program with sanitizers, so that what they see fails a conversation.
$(B)/tests/tgc-san: $(sort $(call sanobj,$(compiler_src) compiler/main.c $(shared_src)))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -g $(SAN) -o $@ $^ $(compiler_libs)

#: check-lsp      conversations with tgc lsp, a long session, and Neovim as its client
check-lsp: deps $(B)/tgc $(B)/tests/tgc-san $(golden_btf) $(old_btf)
	$(tally) lsp sh tests/lsp/run.sh $(B)/tgc $(B)/tests/tgc-san $(golden_btf) $(lsp_talks)
#: bless-lsp      rewrite the answers in tests/lsp
.PHONY: bless-lsp
bless-lsp: deps $(B)/tgc $(golden_btf)
	BLESS=1 python3 tests/lsp/conversations.py $(B)/tgc $(golden_btf) $(lsp_talks)

# ---- editors ---------------------------------------------------------------------------------

#: check-editors  syntax files of Vim and VS Code, and the extension's language client (npm)
check-editors: deps $(B)/tgc
	$(tally) editors sh tests/editors/run.sh $(B)/tgc $(B)/editors

#: editors        the package of the VS Code extension, build/editors/tgc.vsix (npm)
.PHONY: editors
editors: deps
	$(Q)sh tests/editors/build.sh $(B)/editors
	@echo $(B)/editors/tgc.vsix

# ---- decisions: what generated programs decide, built for this machine -----------------------

front_objects := $(call sanobj,$(compiler_src) $(shared_src) tests/eval/front.c)
$(B)/tests/decide-run: $(sort $(call sanobj,$(decide_src)) $(front_objects))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -g $(SAN) -rdynamic -o $@ $^ $(compiler_libs) -ldl

#: check-decide   generated programs against tables and a reference (DECIDE_SEED=, DECIDE_CALLS=)
check-decide: deps $(B)/tgc $(B)/tests/decide-run
	$(tally) decide $(B)/tests/decide-run $(B)/tgc $(B)/tests/decide $(CURDIR) \
		$(sort $(wildcard tests/decide/*.table))

#: check-differ   random policies and calls: evaluator, host and kernel agree (DECIDE_SEED=...)
check-differ: deps $(B)/tgc $(B)/tests/decide-run
	$(tally) differ $(B)/tests/decide-run --differ $(B)/tgc $(B)/tests/differ $(CURDIR)

# ---- the reference evaluator ----------------------------------------------------------------

$(B)/tests/eval-run: $(sort $(call sanobj,$(eval_test_src)) $(front_objects))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -g $(SAN) -o $@ $^ $(compiler_libs)

#: check-eval     the reference evaluator against tables of events and appendix D of the language
check-eval: deps $(B)/tests/eval-run
	$(tally) eval $(B)/tests/eval-run $(B)/tests/eval $(sort $(wildcard tests/eval/*.table))

# ---- the bundle, from outside --------------------------------------------------------------

$(B)/tests/make-bundle: $(sort $(call obj,$(make_bundle_src) $(compiler_src) $(shared_src)))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(compiler_libs)

#: check-bundle   the recipes of docs/artifact-format.md, with OpenSSL
check-bundle: deps $(B)/tgc $(B)/tests/make-bundle
	$(tally) bundle sh -c 's=0; for f in $(bundle_scripts); do \
		sh $$f $(B)/tests/make-bundle $(B)/tgc || s=1; done; exit $$s'

# ---- fuzzing: libFuzzer, clang -------------------------------------------------------------

FUZZ_TIME := 20
FUZZ_CC   := $(CLANG) -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
fuzzobj    = $(patsubst %.c,$(B)/fuzz/obj/%.o,$(1))

$(B)/fuzz/obj/%.o: %.c
	$(call say,CC-FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
		-fno-sanitize-recover=all $(ALL_C) -c -o $@ $<

define fuzz_rule
$(B)/fuzz/$(1): $(sort $(call fuzzobj,$($(1)_src) $(shared_src)))
	$$(call say,LINK,$$@)
	$$(Q)$$(FUZZ_CC) -o $$@ $$^ $$(sort $$(compiler_libs) $$(runtime_libs))
endef
$(foreach t,$(fuzz_targets),$(eval $(call fuzz_rule,$(t))))

$(B)/fuzz/seeds: $(sort $(call obj,$(fuzz_seeds_src) $(shared_src)))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(compiler_libs)

# What compilers make, next to what make_seeds.c makes.
$(B)/fuzz/fuzz_userelf: | $(addprefix $(B)/fuzz/corpus-userelf/,pie stripped linked.so)
$(B)/fuzz/corpus-userelf/%: $(B)/tests/elf/%
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

# Policies of all golden tests.
$(B)/fuzz/fuzz_lower: | $(golden_btf) $(B)/fuzz/corpus-lower/seeded
$(B)/fuzz/corpus-lower/seeded: tests/golden/vectors.py $(wildcard tests/golden/*/*.yaml)
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(filter %.yaml,$^); do cp $$f $(@D)/$$(echo $$f | tr / -); done
	$(Q)python3 tests/golden/vectors.py --write $(@D)
	$(Q)touch $@

# The same, and what convert makes of YAML.
$(B)/fuzz/fuzz_terse: | $(golden_btf) $(B)/fuzz/corpus-terse/seeded
$(B)/fuzz/corpus-terse/seeded: $(B)/tgc $(wildcard tests/golden/terse*/*.tg tests/golden/*/*-ok.yaml tests/golden/ir/*.yaml)
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(filter %.tg,$^); do cp $$f $(@D)/$$(echo $$f | tr / -); done
	$(Q)for f in $(filter %.yaml,$^); do $(B)/tgc convert $$f >$(@D)/$$(echo $$f | tr / -) 2>/dev/null || true; done
	$(Q)touch $@

# Texts to open, as YAML (first byte 0) and as .tg (2); the rest of the first bytes is the place.
$(B)/fuzz/fuzz_lsp: | $(golden_btf) $(B)/fuzz/corpus-lsp/seeded
$(B)/fuzz/corpus-lsp/seeded: $(wildcard tests/golden/terse*/*.tg tests/golden/*/*-ok.yaml tests/golden/ir/*.yaml)
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(filter %.tg,$^); do { printf '\002A4'; cat $$f; } >$(@D)/$$(echo $$f | tr / -); done
	$(Q)for f in $(filter %.yaml,$^); do { printf '\004A4'; cat $$f; } >$(@D)/$$(echo $$f | tr / -); done
	$(Q)touch $@

#: check-fuzz     each fuzz target for FUZZ_TIME seconds (20)
check-fuzz: deps $(B)/fuzz/seeds $(addprefix $(B)/fuzz/,$(fuzz_targets))
	$(tally) fuzz sh tests/fuzz.sh $(B)/fuzz $(FUZZ_TIME) $(fuzz_targets)

#: fuzz           the same for an hour each, or FUZZ_TIME=...
.PHONY: fuzz
fuzz: FUZZ_TIME := 3600
fuzz: deps $(B)/fuzz/seeds $(addprefix $(B)/fuzz/,$(fuzz_targets)) $(B)/tgc $(B)/tests/decide-run
	DECIDE_SEED=$${DECIDE_SEED:-$$(date +%s)} DECIDE_EVENTS=20000 DECIDE_SECONDS=$(FUZZ_TIME) \
		$(B)/tests/decide-run --differ $(B)/tgc $(B)/tests/differ $(CURDIR)
	sh tests/fuzz.sh $(B)/fuzz $(FUZZ_TIME) $(fuzz_targets)

# ---- form ----------------------------------------------------------------------------------

#: check-style    clang-format, lengths of files and functions
check-style: deps
	$(tally) style sh tests/style.sh
#: check-docs     manual pages, and docs/diagnostics.md against compiler/diag/*.def
check-docs: deps
	$(tally) docs sh tests/docs.sh
#: docs           docs/diagnostics.md and docs/coverage.md anew
.PHONY: docs
docs: deps $(B)/tests/coverage $(kernel_sets)
	$(Q)sh tests/diagnostics.sh >docs/diagnostics.md
	$(Q)$(B)/tests/coverage --markdown $(uncovered) $(all_cases) >docs/coverage.md

# ---- real kernels --------------------------------------------------------------------------

kernel_programs := $(B)/tgc $(B)/tgrun $(B)/vm-init $(B)/tests/guest $(B)/tests/tool \
	$(B)/tests/root/vm/tool $(golden_btf)

# Programs of the guest: static, so that they run anywhere.
$(B)/vm-init: compiler/vm/init.c
	$(call say,STATIC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(ALL_C) -MF $(B)/vm-init.d -static -o $@ $<
$(B)/tests/tool: tests/kernel/tool_args.c tests/kernel/tool_module.c tests/kernel/tool_user.c \
	tests/kernel/tool.h
$(B)/tests/guest $(B)/tests/tool: $(B)/tests/%: tests/kernel/%.c
	$(call say,STATIC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(ALL_C) -MF $@.d -static -pthread -o $@ $(filter %.c,$^)

# The guest's programs as `tgc compile --root` finds them.
$(B)/tests/root/vm/tool: $(B)/tests/tool
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

$(B)/tests/kernel-run $(B)/tests/corpus-run $(B)/tests/quickstart $(B)/tests/bench: $(B)/tests/%: \
	$(call obj,$(sort $(vm_src) compiler/base/arena.c $(lab_src)))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(vm_libs) -ljansson
$(B)/tests/kernel-run: $(B)/obj/tests/kernel/run.o
$(B)/tests/corpus-run: $(B)/obj/tests/kernel/corpus.o
$(B)/tests/quickstart: $(B)/obj/tests/kernel/quickstart.o
$(B)/tests/bench: $(B)/obj/tests/bench/run.o $(B)/obj/tests/bench/scenarios.o

# Policies with thousands of values.
kernel_sets := $(patsubst %,$(B)/tests/sets/%.yaml,prefixes names endings strings others parts addresses binaries selectors)
$(kernel_sets): $(B)/tests/sets/%.yaml: tests/kernel/sets.py
	$(Q)mkdir -p $(@D)
	$(Q)python3 $< $* >$@.tmp && mv $@.tmp $@

# Where a function of the guest's program is.
kernel_sets += $(B)/tests/sets/places.yaml
$(B)/tests/sets/places.yaml: tests/kernel/places.py $(B)/tests/tool
	$(Q)mkdir -p $(@D)
	$(Q)python3 $^ >$@.tmp && mv $@.tmp $@

# A program is refused on some of them: its bundle is made around these.
$(B)/tests/refused.bpf.o: tests/verifier/refused.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(bad_bpf) -o $@ $<
#: check-metrics  a real Prometheus reads the metrics of a tgrun that runs here (root)
check-metrics: deps $(B)/tgc $(B)/tgrun
	$(tally) metrics python3 tests/metrics.py $(B)/tgc $(B)/tgrun

# The service's messages, for protobuf's own Python.
service_modules := $(addprefix $(B)/tests/service/,$(addsuffix _pb2.py,$(own_protos)))
$(service_modules) &: $(wildcard runtime/grpc/*.proto)
	$(Q)mkdir -p $(B)/tests/service
	$(Q)protoc --proto_path=runtime/grpc --proto_path=/usr/include --python_out=$(B)/tests/service $^
#: check-service  python3-grpcio asks the gRPC service of a tgrun that runs here (root)
check-service: deps $(B)/tgc $(B)/tgrun $(service_modules)
	$(tally) service /usr/bin/python3 tests/service.py $(B)/tgc $(B)/tgrun $(CURDIR)/$(B)/tests/service
#: check-cri      a container runtime made of python3-grpcio tells a tgrun that runs here of pods (root)
check-cri: deps $(B)/tgc $(B)/tgrun $(service_modules)
	$(tally) cri /usr/bin/python3 tests/cri.py $(B)/tgc $(B)/tgrun $(CURDIR)/$(B)/tests/service

#: check-prove    tgc prove on real kernels (KERNELS='6.1 6.12')
check-prove: deps $(B)/tests/make-bundle $(B)/tests/refused.bpf.o $(golden_btf) $(kernel_programs)
	$(tally) prove sh tests/prove.sh $(B)/tgc $(B)/tests/make-bundle $(B)/tests/refused.bpf.o $(KERNELS)

# What kernels' verifiers say of tests/verifier/bad.bpf.c; the longest logs from this machine.
.PHONY: verifier-logs
verifier-logs: $(B)/tests/bad.bpf.o $(B)/vm-init $(B)/tests/verifier-logs $(B)/tests/verifier-collect
	$(Q)for k in 5.10 6.1 6.12 6.18 newest; do mkdir -p $(B)/tests/verifier/$$k; \
		$(B)/tests/verifier-collect $(B)/tests/verifier-logs $< $(B)/vm-init \
			$(kernel_cache)/$$k/vmlinuz $(B)/tests/verifier/$$k >tests/verifier/$$k.log || exit 1; done
	$(Q)for d in MISSING_FUNCTION ENDLESS; do $(bad_bpf) -D$$d -o $(B)/tests/$$d.bpf.o \
		tests/verifier/bad.bpf.c && $(B)/tests/verifier-logs $(B)/tests/$$d.bpf.o; done >tests/verifier/local.log
$(B)/tests/verifier-logs: $(B)/obj/tests/verifier/logs.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ -lbpf -lelf -lz
$(B)/tests/verifier-collect: $(call obj,tests/verifier/collect.c $(vm_src) compiler/base/arena.c)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(vm_libs)

KERNELS :=
CASES   := $(sort $(wildcard tests/kernel/cases/*.case))
#: check-kernel   tests/kernel/cases on real kernels (KERNELS='6.1 6.12', CASES=...)
check-kernel: deps $(B)/tests/kernel-run $(kernel_programs) $(kernel_sets)
	$(tally) kernel $(B)/tests/kernel-run $(addprefix -k ,$(KERNELS)) $(CASES)

# Has containerd run pods where there is no kubelet.
$(B)/tests/cri-client: $(call obj,tests/kernel/cri_client.c runtime/cri/channel.c runtime/grpc/h2.c runtime/grpc/wire.c \
	runtime/buffer.c runtime/clock.c runtime/failure.c runtime/library.c)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^
library = $(shell ldconfig -p | awk '$$1 == "$(1)" { print $$NF; exit }')
container_programs := /vm/cri-client=$(B)/tests/cri-client /usr/bin/containerd /usr/bin/containerd-shim-runc-v2 /usr/bin/ctr \
	/usr/sbin/runc
#: check-containers  containerd of this machine in a guest; what tgrun knows of its pods
check-containers: deps $(B)/tests/kernel-run $(B)/tests/cri-client $(kernel_programs)
	$(tally) containers $(B)/tests/kernel-run -k 6.12 --script-seconds 300 $(addprefix --put ,$(container_programs) \
		$(call library,libnghttp2.so.14) $(call library,libmicrohttpd.so.12)) \
		$(sort $(wildcard tests/kernel/containers/*.case))
#: check-static   the static tgrun on a real kernel
check-static: deps $(B)/tests/kernel-run $(kernel_programs) $(B)/static/tgrun
	$(tally) static $(B)/tests/kernel-run --tgrun $(B)/static/tgrun --work $(B)/tests/static -k 6.12 \
		tests/kernel/static/static.case

# ---- events, as another implementation of protobuf reads them ---------------------------------

$(B)/tests/event-samples: $(call obj,tests/events/samples.c $(runtime_src) $(shared_src))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(runtime_libs)
$(B)/tests/event-encoder: $(call obj,tests/events/encode.c $(grpc_wire_src) runtime/buffer.c runtime/failure.c)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ -ljansson -l:libprotobuf-c.a
$(B)/tests/events/tetragon_pb2.py: runtime/grpc/tetragon.proto
	$(Q)mkdir -p $(@D)
	$(Q)protoc --proto_path=runtime/grpc --proto_path=/usr/include --python_out=$(@D) $<
$(B)/tests/events/samples.jsonl: $(B)/tests/event-samples
	$(Q)mkdir -p $(@D)
	$(Q)$< >$@.tmp && mv $@.tmp $@

#: check-events   made-up events, and those of the last kernel tests, against Tetragon's messages
check-events: deps $(B)/tests/events/tetragon_pb2.py $(B)/tests/events/samples.jsonl $(B)/tests/event-encoder
	$(tally) events /usr/bin/python3 tests/events/check.py $(B)/tests/events $(B)/tests/event-encoder \
		$(B)/tests/events/samples.jsonl $$(ls $(B)/tests/kernel/*/events.jsonl 2>/dev/null)

# Tetragon's example policies, where they are beside the tree.
CORPUS  := ../shared/corpus
corpus_run = python3 tests/kernel/corpus.py $(CORPUS) tests/kernel/corpus.expected $(KERNELS)
#: check-corpus   the example policies load on real kernels, or it is known why not (all kernels, or KERNELS='6.1 6.12')
check-corpus: deps $(B)/tests/corpus-run $(kernel_programs)
	$(tally) corpus $(corpus_run)
#: bless-corpus   rewrite tests/kernel/corpus.expected
.PHONY: bless-corpus
bless-corpus: deps $(B)/tests/corpus-run $(kernel_programs)
	BLESS=1 $(corpus_run)

# What of the language the cases are about.
$(B)/tests/coverage: $(call obj,$(sort tests/kernel/coverage.c tests/kernel/cover.c tests/kernel/cover_policy.c \
	tests/kernel/case.c $(vm_src) $(compiler_src) $(shared_src)))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(sort $(compiler_libs) $(vm_libs))
all_cases  := $(sort $(wildcard tests/kernel/cases/*.case))
uncovered  := tests/kernel/coverage.missing
#: check-coverage parts of the language that kernel cases are about; what none is about has a reason
check-coverage: deps $(B)/tests/coverage $(kernel_sets)
	$(tally) coverage sh tests/kernel/coverage.sh $(B)/tests/coverage $(uncovered) $(all_cases)
#: bless-coverage rewrite tests/kernel/coverage.missing
.PHONY: bless-coverage
bless-coverage: deps $(B)/tests/coverage $(kernel_sets)
	$(B)/tests/coverage --bless $(uncovered) $(all_cases)

override_cache := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tgc/override
#: check-override system calls whose result is replaced, on a kernel built for it (minutes, once)
.PHONY: check-override check-full
check-override: deps $(B)/tests/kernel-run $(kernel_programs)
	sh tests/kernel/override/build.sh $(override_cache)
	$(tally) override env TGC_KERNELS=$(override_cache) $(B)/tests/kernel-run -k 6.12 \
		$(sort $(wildcard tests/kernel/override/*.case))

#: check-full     check, and check-override
check-full:
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory check-override

#: quickstart     the whole path, live: policy, bundle, kernel, events
.PHONY: quickstart
quickstart:
	@[ -e $(B)/.deps ] || sh tests/deps.sh packages.txt run
	@$(MAKE) --no-print-directory -j2 $(B)/tests/quickstart $(kernel_programs)
	@$(B)/tests/quickstart

# ---- figures -------------------------------------------------------------------------------

$(B)/tests/wl: tests/bench/wl.c
	$(call say,STATIC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(ALL_C) -MF $(B)/tests/wl.d -static -o $@ $<
hands := $(patsubst tests/bench/%.c,$(B)/tests/%.o,$(wildcard tests/bench/hand*.bpf.c))
$(hands): $(B)/tests/%.bpf.o: tests/bench/%.bpf.c tests/bench/hand.h tests/bench/hand_ring.h
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_C) -Wno-missing-prototypes -Wno-unused-parameter \
		-idirafter /usr/include/$(shell $(CC) -dumpmachine) -c -o $@ $<
$(B)/tests/hand: $(call obj,tests/bench/hand.c)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ -lbpf -lelf -lz

#: bench          cost per event by instruction counting (slow; KERNELS=6.12)
.PHONY: bench
bench: bench-lint bench-compile bench-lsp bench-relay bench-node deps $(B)/tests/bench $(B)/tests/wl $(B)/tests/hand $(hands) $(kernel_programs)
	@$(B)/tests/bench $(KERNELS)

$(B)/tests/policies $(B)/tests/lint-bench $(B)/tests/compile-bench: $(B)/tests/%:
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^
$(B)/tests/policies: $(B)/obj/tests/bench/policies.o
$(B)/tests/lint-bench: $(B)/obj/tests/bench/lint.o
$(B)/tests/compile-bench: $(B)/obj/tests/bench/compile.o

# The kernels of the kernel tests that are there, and the running one; LINT_KERNELS= others.
kernel_cache  := $(or $(TGC_KERNELS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tgc/kernels)
LINT_KERNELS   = $(wildcard $(kernel_cache)/*/btf /sys/kernel/btf/vmlinux)
LINT_POLICIES := 1000
LINT_SEED     := 1
$(B)/tests/relay-bench: $(call obj,tests/bench/relay.c $(runtime_src) $(shared_src))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(runtime_libs)

#: bench-relay    events a second from the ring to JSON, and memory (RELAY_EVENTS=10000000 for a soak)
RELAY_EVENTS := 2000000
.PHONY: bench-relay
bench-relay: deps $(B)/tests/relay-bench
	@$(B)/tests/relay-bench $(RELAY_EVENTS)

#: bench-node     what tgrun costs this machine: start, memory, processor time, bursts of events
.PHONY: bench-node
bench-node: deps $(B)/tgc $(B)/tgrun
	@/usr/bin/python3 tests/bench/node.py $(B)/tgc $(B)/tgrun

#: bench-lint     time and memory of tgc lint (LINT_POLICIES=1000 LINT_SEED=1 LINT_KERNELS=...)
.PHONY: bench-lint
bench-lint: deps $(B)/tgc $(B)/tests/policies $(B)/tests/lint-bench
	@rm -rf $(B)/bench && mkdir -p $(B)/bench/clean $(B)/bench/mistakes
	@$(B)/tests/policies $(B)/bench/clean $(LINT_POLICIES) $(LINT_SEED)
	@$(B)/tests/policies $(B)/bench/mistakes $(LINT_POLICIES) $(LINT_SEED) 100
	@$(B)/tests/lint-bench $(B)/tgc $(B)/bench/clean $(LINT_KERNELS)
	@$(B)/tests/lint-bench $(B)/tgc $(B)/bench/mistakes $(LINT_KERNELS)
	@mkdir -p $(B)/bench/long-tg $(B)/bench/long-yaml
	@sh tests/bench/long.sh 10000 >$(B)/bench/long-tg/long.tg
	@sh tests/bench/long.sh 700 >$(B)/bench/long.tg
	@$(B)/tgc convert --to yaml --btf $(firstword $(LINT_KERNELS)) $(B)/bench/long.tg >$(B)/bench/long-yaml/long.yaml
	@echo "lint  of $$(wc -l <$(B)/bench/long-tg/long.tg) lines .tg and $$(wc -l <$(B)/bench/long-yaml/long.yaml) lines YAML; goal 0.30 s"
	@$(B)/tests/lint-bench $(B)/tgc $(B)/bench/long-tg $(firstword $(LINT_KERNELS))
	@$(B)/tests/lint-bench $(B)/tgc $(B)/bench/long-yaml $(firstword $(LINT_KERNELS))

#: bench-lsp      how long an editor waits for tgc lsp, and tgc lint for a long file
.PHONY: bench-lsp
bench-lsp: deps $(B)/tgc
	@python3 tests/bench/lsp.py $(B)/tgc $(firstword $(LINT_KERNELS))

#: bench-compile  time and memory of tgc compile: one policy, 1,000 distinct ones, from the cache
.PHONY: bench-compile
compile_bench := $(B)/bench/compile
bench-compile: deps $(B)/tgc $(B)/tests/policies $(B)/tests/compile-bench $(golden_btf)
	@rm -rf $(compile_bench) && mkdir -p $(compile_bench)/distinct
	@$(B)/tests/policies $(compile_bench)/distinct $(LINT_POLICIES) $(LINT_SEED) 0 distinct
	@openssl genpkey -algorithm ed25519 -out $(compile_bench)/key.pem
	@openssl req -x509 -new -key $(compile_bench)/key.pem -subj /CN=bench -days 2 \
		-out $(compile_bench)/cert.pem
	@TGC_CACHE_DIR=$(CURDIR)/$(compile_bench)/cache $(B)/tests/compile-bench $(B)/tgc \
		$(firstword $(LINT_KERNELS)) $(compile_bench)/key.pem $(compile_bench)/cert.pem \
		$(compile_bench)
