#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pages of docs/rules. Every name in compiler/diag/diag.def and rules.def has a page, and every
# page a name; a page says its level. The block "trips" of a page is a policy, or with "sh" a
# script that prints one, which gets that message; its block "passes" does not, and has no error.
# tests/golden/rules/NAME.txt is the full text. BLESS=1 rewrites it.

cd "$(dirname "$0")/../.." || exit 3
root=$PWD
tgc=${TGC:-build/tgc}
case $tgc in /*) ;; *) tgc=$root/$tgc ;; esac
btf=$root/build/tests/fixture.bpf.o
binaries=$root/build/tests/elf
texts=$root/tests/golden/rules
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

pass()
{
	passed=$((passed + 1))
}

fail()
{
	echo "rules: FAIL $1: $2"
	failed=$((failed + 1))
}

# block PAGE WORD: the policy of the fenced block that ends with WORD, to $tmp/policy.yaml.
# Fails when there is none.
block()
{
	awk -v word="$2" '
		/^```[a-z]+ / && $2 == word { kind = substr($1, 4); print kind >"/dev/stderr"; inside = 1; next }
		/^```/ { inside = 0 }
		inside' "$1" >"$tmp/block" 2>"$tmp/kind"
	rm -f "$tmp/policy.yaml" "$tmp/policy.tg"
	file=policy.yaml
	case $(cat "$tmp/kind") in
	yaml) cp "$tmp/block" "$tmp/policy.yaml" ;;
	tg) file=policy.tg && cp "$tmp/block" "$tmp/policy.tg" ;;
	sh) sh "$tmp/block" >"$tmp/policy.yaml" ;;
	*) return 1 ;;
	esac
}

# Planning and compiling have messages of their own; all others come with checking alone.
stage()
{
	case $1 in
	not-supported-yet | too-many-*) echo c ;;
	probe-binary) echo tir --root "$binaries" ;;
	*) echo tir ;;
	esac
}

# check NAME: what tgc says of the policy, to $tmp/said. A rule is asked for alone, and through
# tgc lint, which also takes what this version cannot compile.
check()
{
	if "$tgc" explain --list | grep -q "^$1 .*, always"; then
		(cd "$tmp" && "$tgc" dump --stage $(stage "$1") --btf "$btf" -A all $file) \
			>/dev/null 2>"$tmp/said"
	else
		(cd "$tmp" && "$tgc" lint -q --no-project --btf "$btf" -A all -W "$1" $file) \
			>"$tmp/said" 2>&1
	fi
}

check_trips()
{
	name=$1
	if ! block "docs/rules/$name.md" trips; then
		grep -q "^$name " tests/golden/elsewhere || fail "$name" "no block that trips it"
		return
	fi
	check "$name"
	status=$?
	[ -z "$BLESS" ] || cp "$tmp/said" "$texts/$name.txt"
	if ! grep -q "\[$name\]\$" "$tmp/said"; then
		fail "$name" "the block that trips it does not"
		cat "$tmp/said"
	elif [ "$status" -gt 1 ]; then
		fail "$name" "exit status $status"
	elif ! diff -u "$texts/$name.txt" "$tmp/said"; then
		fail "$name" "another text than tests/golden/rules/$name.txt"
	else
		pass
	fi
}

check_passes()
{
	name=$1
	if ! block "docs/rules/$name.md" passes; then
		grep -q "^$name " tests/golden/elsewhere || fail "$name" "no block that passes"
		return
	fi
	if check "$name" && ! grep -q "\[$name\]\$" "$tmp/said"; then
		pass
	else
		fail "$name" "the block that passes does not"
		cat "$tmp/said"
	fi
}

# The title, a summary of one line, the level, the three sections in their order.
check_form()
{
	level=$("$tgc" explain --list | awk -v name="$1" '$1 == name { print $2 $3 }')
	case $level in
	error,always) level='Level: error, always.' ;;
	*) level="Level: $level; \`-W\`, \`-E\` and \`-A\` choose another." ;;
	esac
	awk -v title="# $1" -v level="$level" '
		NR == 1 { good += $0 == title }
		NR == 3 { good += length > 10 && /\.$/ }
		NR == 5 { good += $0 == level }
		/^## / { sections = sections $0 }
		length > 100 && !inside { long++ }
		/^```/ { inside = !inside }
		END { exit !(good == 3 && !long && sections == \
			"## What it means## Why## What to do") }' "docs/rules/$1.md"
}

check_page()
{
	if [ ! -f "docs/rules/$1.md" ]; then
		fail "$1" "there is no docs/rules/$1.md"
		return
	fi
	if check_form "$1"; then pass; else fail "$1" "the form or the level of its page"; fi
	check_trips "$1"
	check_passes "$1"
	"$tgc" explain "$1" >"$tmp/page" 2>&1 || fail "$1" "tgc does not explain it"
}

[ -x "$tgc" ] || { echo "rules: no $tgc"; exit 3; }
mkdir -p "$texts"
names=$(sed -n 's/^\(DIAG\|RULE\)([A-Z_0-9]*, "\([a-z0-9-]*\)".*/\2/p' \
	compiler/diag/diag.def compiler/diag/rules.def)
[ "$(echo "$names" | sort)" = "$("$tgc" explain --list | awk '{ print $1 }' | sort)" ] ||
	fail names "tgc explain --list has others than diag.def and rules.def"
for name in $names; do
	check_page "$name"
done
for file in docs/rules/*.md tests/golden/rules/*.txt; do
	name=$(basename "$file")
	echo "$names" | grep -qx "${name%.*}" || fail "$file" "there is no such message"
done
echo "rules: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
