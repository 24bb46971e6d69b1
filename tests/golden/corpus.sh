#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reads Tetragon's example policies, where they are beside this tree, and says what became of
# them. Fails when tgc crashes, or finds a mistake in a policy that Tetragon accepts: such a
# policy may be refused only for parts that are not supported yet. Where a kernel of the kernel
# tests has been prepared, what reads clean is also checked against its type information.

cd "$(dirname "$0")/../.." || exit 3
tgc=${TGC:-build/tgc}
corpus=${CORPUS:-../shared/corpus}
btf=${XDG_CACHE_HOME:-$HOME/.cache}/tgc/kernels/6.12/btf
messages=$(mktemp) || exit 3
trap 'rm -f "$messages"' EXIT
clean=0
compiled=0
refused=0
failed=0

if [ ! -f "$corpus/index.csv" ]; then
	echo "corpus: SKIPPED, no $corpus"
	exit 0
fi
[ -x "$tgc" ] || { echo "corpus: no $tgc"; exit 3; }

fail()
{
	echo "corpus: FAIL $1: $2"
	sed -n '1,20p' "$messages"
	failed=$((failed + 1))
}

check_against_kernel()
{
	if "$tgc" dump --stage c --btf "$btf" "$corpus/$1" >/dev/null 2>"$messages"; then
		compiled=$((compiled + 1))
	elif grep ': error: ' "$messages" | grep -qv '\[not-supported-yet\]$'; then
		fail "$1" "a mistake in a policy that has none"
	fi
}

# What tgc says of a policy that Tetragon accepts.
check_accepted()
{
	if [ "$status" -eq 0 ]; then
		clean=$((clean + 1))
		[ ! -f "$btf" ] || check_against_kernel "$1"
	elif ! grep -q '\[not-supported-yet\]$' "$messages"; then
		fail "$1" "refused for no missing support"
	elif grep ': error: ' "$messages" | grep -qv '\[not-supported-yet\]$'; then
		fail "$1" "a mistake in a policy that has none"
	else
		refused=$((refused + 1))
	fi
}

cut -d, -f1,14 "$corpus/index.csv" | sed 1d >"$messages.list"
trap 'rm -f "$messages" "$messages.list"' EXIT
while IFS=, read -r file verdict; do
	"$tgc" dump --stage ast "$corpus/$file" >/dev/null 2>"$messages"
	status=$?
	if [ "$status" -gt 1 ]; then
		fail "$file" "exit status $status"
	elif [ "$verdict" = ok ]; then
		check_accepted "$file"
	elif [ "$status" -eq 0 ]; then
		fail "$file" "accepted, but Tetragon refuses it: $verdict"
	else
		refused=$((refused + 1))
	fi
done <"$messages.list"
[ -f "$btf" ] || compiled=unknown
echo "corpus: $clean read clean ($compiled compile for 6.12), $refused refused, $failed failed"
[ "$failed" -eq 0 ]
