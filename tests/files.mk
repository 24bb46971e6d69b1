# Unit tests, in Criterion.
unit_src += tests/unit/test_source.c
unit_src += tests/unit/test_diag.c
unit_src += tests/unit/test_yaml.c
unit_src += tests/unit/test_yaml_format.c
unit_src += tests/unit/test_schema.c

# The bundle: format, signature, state, files.
unit_src += tests/unit/bundle_fixture.c
unit_src += tests/unit/test_artifact.c
unit_src += tests/unit/test_signature.c
unit_src += tests/unit/test_verify.c
unit_src += tests/unit/test_rests.c
unit_src += tests/unit/test_storm.c
unit_src += tests/unit/test_rollback.c
unit_src += tests/unit/test_pack.c
unit_src += tests/unit/test_calls.c
unit_src += tests/unit/test_file_hash.c
unit_src += tests/unit/test_ksyms.c
unit_src += tests/unit/test_userfile.c
unit_src += tests/unit/test_sign.c
unit_src += tests/unit/test_bundle.c

# Fuzz targets (libFuzzer), what they link besides the product, and their first inputs.
fuzz_bundle_src := tests/unit/bundle_fixture.c compiler/base/arena.c compiler/back/manifest.c compiler/back/pack.c
fuzz_targets += fuzz_artifact fuzz_verify fuzz_object
fuzz_artifact_src := tests/fuzz/fuzz_artifact.c $(fuzz_bundle_src)
fuzz_verify_src := tests/fuzz/fuzz_verify.c $(fuzz_bundle_src)
fuzz_object_src := tests/fuzz/fuzz_object.c compiler/back/object_info.c compiler/base/arena.c
fuzz_seeds_src := tests/fuzz/make_seeds.c tests/unit/elf_fixture.c $(fuzz_bundle_src)
fuzz_targets += fuzz_yaml
fuzz_yaml_src := tests/fuzz/fuzz_yaml.c $(reader_src)

# Programs and scripts that check the format from outside.
make_bundle_src := tests/bundle/make_bundle.c tests/unit/bundle_fixture.c
bundle_scripts := tests/bundle/openssl-recipe.sh tests/bundle/inspect.sh

# tgrun: from records to lines. The oracle test parses JSON with jansson.
unit_src += tests/unit/event_fixture.c
unit_src += tests/unit/test_json.c
unit_src += tests/unit/test_clock.c
unit_src += tests/unit/test_image_text.c
unit_src += tests/unit/test_procs.c
unit_src += tests/unit/test_repair.c
unit_src += tests/unit/test_environment.c
unit_src += tests/unit/test_record.c
unit_src += tests/unit/test_labels.c
unit_src += tests/unit/test_workload_file.c
unit_src += tests/unit/test_workload_rules.c
unit_src += tests/unit/test_event_json.c
unit_src += tests/unit/test_arg_json.c
unit_src += tests/unit/test_compact.c
unit_src += tests/unit/test_procfs.c
unit_src += tests/unit/test_output.c
unit_src += tests/unit/test_delivery.c
unit_src += tests/unit/test_notice.c
unit_src += tests/unit/test_conflict.c
unit_src += tests/unit/test_confine.c
unit_src += tests/unit/test_control.c
unit_src += tests/unit/test_handover.c
unit_src += tests/unit/test_accounts.c
unit_src += tests/unit/test_keep.c
unit_src += tests/unit/test_control_socket.c
unit_src += tests/unit/test_mappings.c
unit_src += tests/unit/test_http.c
unit_src += tests/unit/test_supervisor.c
unit_src += tests/unit/test_tally.c
unit_src += tests/unit/test_misses.c
unit_src += tests/unit/test_startup.c
unit_src += tests/unit/test_load.c
unit_src += tests/unit/test_modes.c
unit_src += tests/unit/test_oom_score.c
unit_src += tests/unit/test_requests.c
unit_src += tests/unit/test_stack.c
unit_src += tests/unit/test_kernel_btf.c
unit_src += tests/unit/test_lean_btf.c
unit_src += tests/unit/test_dispatch.c
unit_src += tests/unit/test_privs.c
unit_src += tests/unit/test_counters.c
unit_src += tests/unit/test_common.c
unit_src += tests/unit/test_oracle_events.c
unit_src += tests/unit/test_regex.c
unit_src += tests/unit/test_event_cel.c
unit_src += tests/unit/test_event_filter.c
unit_src += tests/unit/test_field_filter.c
unit_src += tests/unit/test_export.c
fuzz_targets += fuzz_workloads
fuzz_workloads_src := tests/fuzz/fuzz_workloads.c $(addprefix runtime/,buffer.c container_id.c \
	json.c pod_json.c utf8.c workload_file.c)
# Conditions of filters, and the messages that they are about.
event_cel_src := $(filter runtime/event_cel% runtime/grpc/wire%,$(runtime_src)) $(proto_c)
fuzz_targets += fuzz_record
fuzz_record_src := tests/fuzz/fuzz_record.c $(event_cel_src) $(addprefix runtime/,arg_json.c arg_names.c arg_net.c \
	arg_struct.c artifact.c artifact_entries.c buffer.c bundle_table.c calls.c clock.c \
	container_id.c \
	dispatch.c event.c event_compact.c event_filter.c event_filter_json.c event_json.c event_type.c \
	event_view.c export_sink.c failure.c field_filter.c file_hash.c flags.c handover.c hook_event.c image_text.c json.c \
	json_name.c json_objects.c kallsyms.c kprobe_lines.c kprobe_objects.c ksyms.c label_selector.c \
	mappings.c node_labels.c notice.c permission.c pid_family.c pod_json.c procs.c quote.c rate_limit.c record.c \
	environment.c features.c kernel_btf.c kernel_names.c names.c procfs.c procfs_facts.c repair.c \
	redaction.c regex.c \
	regex_match.c regex_parse.c requests.c rests.c tls.c sink.c stack.c stack_text.c syscall_line.c tally.c targets.c \
	user_maps.c userfile.c utf8.c workload_file.c workload_rules.c workloads.c)

fuzz_targets += fuzz_control
fuzz_control_src := tests/fuzz/fuzz_control.c $(addprefix runtime/,buffer.c bundle_retire.c bundle_table.c \
	clock.c control.c control_answer.c control_request.c counters.c json.c modes.c notice.c utf8.c)
fuzz_targets += fuzz_keeper
fuzz_keeper_src := tests/fuzz/fuzz_keeper.c runtime/keeper_wire.c
fuzz_targets += fuzz_filter
fuzz_filter_src := tests/fuzz/fuzz_filter.c $(event_cel_src) $(addprefix runtime/,arg_names.c buffer.c event_filter.c \
	event_filter_json.c event_type.c failure.c field_filter.c json_name.c json_objects.c label_selector.c labels.c \
	pid_family.c redaction.c regex.c regex_match.c regex_parse.c utf8.c)

# The gRPC service. What it would change is made up by fuzz_grpc.c.
unit_src += tests/unit/test_grpc_wire.c
grpc_wire_src := $(filter runtime/grpc/wire%,$(runtime_src)) $(proto_c)
fuzz_targets += fuzz_grpc_wire fuzz_grpc
fuzz_grpc_wire_src := tests/fuzz/fuzz_grpc_wire.c $(grpc_wire_src) $(addprefix runtime/,buffer.c failure.c)
fuzz_grpc_src = tests/fuzz/fuzz_grpc.c $(filter-out tests/fuzz/%,$(fuzz_record_src)) \
	$(filter runtime/grpc/%.c,$(runtime_src)) $(proto_c) \
	$(addprefix runtime/,cgroup_path.c export_options.c http_address.c library.c memory.c)

# The container runtime.
unit_src += tests/unit/test_cri.c
fuzz_targets += fuzz_cri
fuzz_cri_src := tests/fuzz/fuzz_cri.c runtime/cri/channel.c runtime/cri/owner.c runtime/cri/table.c \
	$(filter runtime/grpc/wire%,$(runtime_src)) $(proto_c) $(addprefix runtime/,buffer.c cgroup_path.c \
	clock.c failure.c grpc/h2.c json.c library.c utf8.c workload_file.c)

# What the programs of the kernel tests share: kernel-run, quickstart, bench.
lab_src := \
	tests/kernel/case.c \
	tests/kernel/lab.c \
	tests/kernel/match.c \
	tests/kernel/record.c

# The kernel harness, without a boot.
unit_src += tests/unit/test_sets.c
unit_src += tests/unit/test_case.c
unit_src += tests/unit/test_vm.c

# Decisions: the programs that tgc emits, on the host.
decide_src := $(wildcard tests/decide/*.c)

# User binaries and tracepoint records.
unit_src += tests/unit/elf_fixture.c
unit_src += tests/unit/test_userelf.c
fuzz_targets += fuzz_userelf
fuzz_userelf_src := tests/fuzz/fuzz_userelf.c compiler/base/arena.c compiler/base/nearest.c $(userelf_src)
fuzz_targets += fuzz_format
fuzz_format_src := tests/fuzz/fuzz_format.c compiler/base/arena.c $(tracefs_src)
unit_src += tests/unit/test_tracefs.c
unit_src += tests/unit/test_tracepoint.c
# The value languages.
unit_src += tests/unit/test_values.c
unit_src += tests/unit/test_names.c
unit_src += tests/unit/test_cel.c
unit_src += tests/unit/test_fieldpath.c
unit_src += tests/unit/test_regs.c
unit_src += tests/unit/test_settings.c
fuzz_targets += fuzz_values
fuzz_values_src := tests/fuzz/fuzz_values.c compiler/base/arena.c compiler/base/utf8.c compiler/base/nearest.c \
	compiler/words/types.c compiler/values/value.c $(value_src)
# The project file, and the files of a run.
unit_src += tests/unit/test_project.c
unit_src += tests/unit/test_policy_files.c
unit_src += tests/unit/test_nearest.c
fuzz_targets += fuzz_project
fuzz_project_src := tests/fuzz/fuzz_project.c $(reader_src) compiler/commands/project.c \
	compiler/commands/project_check.c compiler/prove/budget.c

# Kernels: their types, profiles of them. kernel_fixture makes a small one.
unit_src += tests/unit/kernel_fixture.c
unit_src += tests/unit/test_kbtf.c
unit_src += tests/unit/test_profile.c
unit_src += tests/unit/test_kernel_facts.c
kernel_fixture_src := tests/unit/kernel_fixture.c compiler/base/nearest.c $(kernel_src)
fuzz_targets += fuzz_btf fuzz_profile fuzz_kernel
fuzz_btf_src := tests/fuzz/fuzz_btf.c compiler/base/arena.c $(kernel_fixture_src)
fuzz_profile_src := tests/fuzz/fuzz_profile.c compiler/base/arena.c $(kernel_fixture_src)
fuzz_kernel_src := tests/fuzz/fuzz_kernel.c compiler/base/arena.c $(kernel_fixture_src)
fuzz_seeds_src += $(kernel_fixture_src)

# Diagnostics: fixes, formats, options.
unit_src += tests/unit/test_fix.c
unit_src += tests/unit/test_diag_formats.c

# The front half.
fuzz_targets += fuzz_lower
fuzz_lower_src := tests/fuzz/fuzz_lower.c $(compiler_src)
fuzz_targets += fuzz_terse
fuzz_terse_src := tests/fuzz/fuzz_terse.c $(compiler_src)
unit_src += tests/unit/test_terse.c
# The language server.
unit_src += tests/unit/test_lsp.c
fuzz_targets += fuzz_lsp
fuzz_lsp_src := tests/fuzz/fuzz_lsp.c $(compiler_src)
lsp_talks := $(sort $(wildcard tests/lsp/*.talk))
# Policies in prose, and kernels side by side.
unit_src += tests/unit/test_explain.c
unit_src += tests/unit/test_matrix.c
# Rules; functions of kernel modules.
unit_src += tests/unit/test_imply.c
unit_src += tests/unit/test_modules.c
# The reference evaluator.
eval_test_src := $(wildcard tests/eval/*.c) tests/decide/words.c
# What bundles cost, budgets and proofs; verifiers' logs.
unit_src += tests/unit/test_verifier_log.c
unit_src += tests/unit/test_cost.c
unit_src += tests/unit/test_proof.c
# The cache of tgc compile.
unit_src += tests/unit/test_cache.c
