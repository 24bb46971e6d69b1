#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Golden tests: tgc reads every tests/golden/SUITE/NAME.yaml (or NAME.tg) and dumps the stage that SUITE/stage
# names ("ast --no-places" without that file; more words are options). NAME.err is the full text of the
# messages, NAME.STAGE (for what is accepted) of the dump. BLESS=1 rewrites both. A suite with a
# file "messages-only" has no dumps; one with a file "command" has what that command prints, as NAME.txt.
# Every name in compiler/diag/diag.def and rules.def needs a case, or a line in tests/golden/elsewhere.

cd "$(dirname "$0")/../.." || exit 3
root=$PWD
tgc=${TGC:-build/tgc}
case $tgc in /*) ;; *) tgc=$root/$tgc ;; esac
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

fail()
{
	echo "golden: FAIL $1: $2"
	failed=$((failed + 1))
}

# same EXPECTED ACTUAL: shows how the files differ.
same()
{
	diff -u "$1" "$2" >"$tmp/diff" 2>&1 && return 0
	sed -n '1,60p' "$tmp/diff"
	return 1
}

# The exit status that the messages in FILE call for.
wanted_status()
{
	if grep -q '^[^ ].*: error: ' "$1"; then echo 1; else echo 0; fi
}

bless()
{
	cp "$tmp/err" "$1.err"
	rm -f "$1.$stage"
	[ "$2" -ne 0 ] || [ -f messages-only ] || cp "$tmp/out" "$1.$stage"
}

# A case is files that share a stem; the current folder is the suite's.
run_case()
{
	name=${1%.*}
	label=$2/$name
	"$tgc" ${command:-dump --stage} $stage_args "$1" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ "$status" -gt 1 ]; then
		fail "$label" "exit status $status"
		return
	fi
	[ -z "$BLESS" ] || bless "$name" "$status"
	if [ ! -f "$name.err" ]; then
		fail "$label" "no $name.err"
	elif ! same "$name.err" "$tmp/err"; then
		fail "$label" "other messages"
	elif [ "$status" -ne "$(wanted_status "$name.err")" ]; then
		fail "$label" "exit status $status"
	elif [ "$status" -eq 0 ] && [ ! -f messages-only ] && ! same "$name.$stage" "$tmp/out"; then
		fail "$label" "another dump"
	elif [ "$status" -eq 1 ] && [ -s "$tmp/out" ]; then
		fail "$label" "output in spite of errors"
	else
		passed=$((passed + 1))
	fi
}

check_every_name()
{
	sed -n 's/^\(DIAG\|RULE\)([A-Z_0-9]*, "\([a-z0-9-]*\)".*/\2/p' \
		compiler/diag/diag.def compiler/diag/rules.def >"$tmp/names"
	while read -r name; do
		grep -q "\[$name\]\$" tests/golden/*/*.err tests/golden/rules/*.txt && continue
		grep -q "^$name " tests/golden/elsewhere && continue
		echo "$name"
	done <"$tmp/names" >"$tmp/untested"
	for name in $(cat "$tmp/untested"); do
		fail "$name" "no case has this message (compiler/diag/diag.def)"
	done
}

[ -x "$tgc" ] || { echo "golden: no $tgc"; exit 3; }
for folder in tests/golden/*/; do
	suite=$(basename "$folder")
	cd "$root/$folder" || exit 3
	stage_args=$(cat stage 2>/dev/null || echo ast --no-places)
	stage=${stage_args%% *}
	command=
	[ ! -f command ] || { command=$(cat command) stage_args= stage=txt; }
	for case in *.yaml *.tg; do
		[ -f "$case" ] && run_case "$case" "$suite"
	done
done
cd "$root" || exit 3
check_every_name
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
