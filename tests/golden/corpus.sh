#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks Tetragon's example policies, where they are beside this tree, with `tgc lint` against
# every kernel of the kernel tests that has been prepared. What Tetragon loads must have no
# error, and what it refuses must have one. Where tgc rightly differs, a row below says so:
# the errors that the policy gets (`none`: it is accepted), and why.

cd "$(dirname "$0")/../.." || exit 3
tgc=${TGC:-build/tgc}
corpus=${CORPUS:-../shared/corpus}
kernels=${TGC_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/tgc/kernels}
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

# FILE|KERNELS|MESSAGES|REASON; KERNELS may be `all`.
rows()
{
	cat <<'EOF'
policylibrary/egress.yaml|all|bad-value|a placeholder where addresses belong
quickstart/network_egress_cluster.yaml|all|bad-value|a placeholder where addresses belong
quickstart/file_monitoring_enforce.yaml|all|namespace-missing|the namespace is given to kubectl
quickstart/network_egress_cluster_enforce.yaml|all|namespace-missing|the namespace is given to kubectl
other/file-block-kubectl-exec-access.yaml|all|unknown-kind|the file has a Pod as well
tracingpolicy/list-syscalls-tracepoint.yaml|all|bad-value|a list of system calls is compared with a uint64
tracingpolicy/host-changes/monitor-signed-kernel-modules.yaml|all|unknown-function|find_module_sections is inlined
tracingpolicy/dev_queue_xmit.yaml|5.10 6.1|none|these kernels have the function
tracingpolicy/dev_queue_xmit.yaml|6.12 6.18 newest|unknown-function|dev_queue_xmit is inlined
tracingpolicy/stack_traces.yaml|6.1|none|this kernel has the function
tracingpolicy/stack_traces.yaml|5.10 6.12 6.18 newest|unknown-function|kfree_skb_reason came with 5.17 and went with 6.11
tracingpolicy/process-credentials/process-creds-changed.yaml|6.18 newest|unknown-function|override_creds and revert_creds are inlined
tracingpolicy/tty_54.yaml|all|arg-count arg-size arg-type|tty_write takes a kiocb since 5.10.11
tracingpolicy/cves/cve-2023-2640-overlayfs-ubuntu.yaml|5.10 6.1|none|kprobe_multi is no obstacle to an Override here
tracingpolicy/cves/cve-2023-2640-overlayfs-ubuntu.yaml|6.12 6.18 newest|arg-type|argument 0 is a dentry since 6.8
tracingpolicy/modules-nohost.yaml|all|none|kprobe_multi is no obstacle to an Override here
tracingpolicy/override-security.yaml|all|none|kprobe_multi is no obstacle to an Override here
tracingpolicy/security-socket-connect-block-others.yaml|all|none|kprobe_multi is no obstacle to an Override here
tracingpolicy/loader.yaml|5.10|loader|this kernel gives no build ids
policylibrary/library.yaml|5.10|loader|this kernel gives no build ids
tracingpolicy/lsm_bprm_check.yaml|5.10|hook-feature|this kernel tells no hashes of files
tracingpolicy/list-generated-ftrace.yaml|all|none|the list is made from type information, without tracefs
tracingpolicy/uprobe-binaries.yaml|all|none|binaries are looked at with --root only
tracingpolicy/uprobe-host.yaml|all|none|binaries are looked at with --root only
tracingpolicy/usdt-set.yaml|all|none|binaries are looked at with --root only
tracingpolicy/usdt.yaml|all|none|binaries are looked at with --root only
EOF
}

if [ ! -f "$corpus/index.csv" ]; then
	echo "corpus: SKIPPED, no $corpus"
	exit 0
fi
[ -x "$tgc" ] || { echo "corpus: no $tgc"; exit 3; }
rows >"$tmp/rows"

# The file's name and `ok` or `refused`, of every row of the index. The last column is the
# only one that may hold a comma.
tr -d '\r' <"$corpus/index.csv" | awk -F, 'NR > 1 { print $1, $14 == "ok" && $15 == "ok" ? "ok" : "refused" }' >"$tmp/verdicts"

# expected FILE VERDICT KERNEL: names of messages, `none`, or `some`
expected()
{
	awk -F'|' -v file="$1" -v verdict="$2" -v kernel="$3" '
		$1 == file && ($2 == "all" || (" " $2 " ") ~ (" " kernel " ")) { row = $3 }
		END { print row != "" ? row : verdict == "ok" ? "none" : "some" }' "$tmp/rows"
}

# check FILE VERDICT KERNEL
check()
{
	"$tgc" lint --no-project -q --btf "$kernels/$3/btf" "$corpus/$1" >"$tmp/said" 2>&1
	status=$?
	names=$(sed -n 's/^[^ ].*: error: .*\[\([a-z-]*\)\]$/\1/p' "$tmp/said" | sort -u | tr '\n' ' ')
	names=${names% }
	want=$(expected "$1" "$2" "$3")
	if [ "$status" -gt 1 ]; then
		why="exit status $status"
	elif [ "$want" = some ] && [ -z "$names" ]; then
		why="accepted, but Tetragon refuses it"
	elif [ "$want" != some ] && [ "$want" != "${names:-none}" ]; then
		why="errors: ${names:-none}, expected: $want"
	else
		passed=$((passed + 1))
		return
	fi
	echo "corpus: FAIL $1 for $3: $why"
	sed -n '1,20p' "$tmp/said"
	failed=$((failed + 1))
}

for kernel in 5.10 6.1 6.12 6.18 newest; do
	if [ ! -f "$kernels/$kernel/btf" ]; then
		echo "corpus: SKIPPED for $kernel, which has not been prepared"
		continue
	fi
	while read -r file verdict; do
		check "$file" "$verdict" "$kernel"
	done <"$tmp/verdicts"
done
cut -d'|' -f1 "$tmp/rows" | sort -u | while read -r file; do
	[ -f "$corpus/$file" ] || echo "$file"
done >"$tmp/gone"
if [ -s "$tmp/gone" ]; then
	echo "corpus: FAIL a row for a file that is not there: $(cat "$tmp/gone")"
	failed=$((failed + 1))
fi
echo "corpus: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
