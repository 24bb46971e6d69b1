#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh TGC TGC-SAN BTF TALK...: everything about tgc lsp. The conversations are held with the
# program with sanitizers; the long session, whose memory is measured, and Neovim with the other.
tgc=$1
san=$2
btf=$3
shift 3
passed=0
failed=0

# count NAME COMMAND...: adds what the command's last line counts.
count()
{
	name=$1
	shift
	out=$("$@" 2>&1) || [ -n "$out" ] || out="lsp: 0 passed, 1 failed"
	printf '%s\n' "$out" | sed '$d'
	last=$(printf '%s\n' "$out" | tail -n 1)
	case $last in
	"lsp: "*" passed, "*" failed") ;;
	*)
		echo "lsp: FAIL $name: $last"
		last="lsp: 0 passed, 1 failed"
		;;
	esac
	set -- $last
	passed=$((passed + $2))
	failed=$((failed + $4))
}

count conversations python3 tests/lsp/conversations.py "$san" "$btf" "$@"
count session python3 tests/lsp/session.py "$tgc" "$btf"
count neovim python3 tests/lsp/neovim.py "$tgc" "$btf"
echo "lsp: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
