#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prove.sh TGC MAKE_BUNDLE REFUSED_OBJECT [KERNEL...]: tgc prove on real kernels. A policy that all of
# them take, and what then is in the bundle; programs that are refused, at the lines they come from.
# BLESS=1 rewrites tests/verifier/refused.txt.

tgc=$(realpath "$1") make_bundle=$(realpath "$2") object=$(realpath "$3") top=$PWD || exit 3
shift 3
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 6.18 newest
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
TGC_PROFILES=$work/profiles
export TGC_PROFILES
cd "$work" || exit 3
passed=0
failed=0

result() # DESCRIPTION STATUS
{
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		echo "prove: FAIL $1"
		sed 's/^/    /' said | head -30
		failed=$((failed + 1))
	fi
}

# ends DESCRIPTION STATUS TEXT COMMAND...
ends()
{
	description=$1 wanted=$2 text=$3
	shift 3
	"$@" >said 2>&1 </dev/null
	[ $? -eq "$wanted" ] && grep -qF -e "$text" said
	result "$description" $?
}

openssl req -x509 -newkey ed25519 -nodes -subj /CN=prover -days 30 -keyout key.pem -out cert.pem \
	2>/dev/null || exit 3
openssl req -x509 -newkey ed25519 -nodes -subj /CN=other -days 30 -keyout other.key -out other.pem \
	2>/dev/null || exit 3
kernels=
for k; do
	"$tgc" kernels add --debian "$k" >said 2>&1
	result "a profile of $k" $?
	kernels="$kernels --kernel $k"
done
"$tgc" compile --no-project --kernel "$1" --key key.pem --cert cert.pem -o plain.tgb \
	"$top/stdlib-policies/file-monitoring.yaml" >said 2>&1
result 'the policy compiles' $?

# ---- what is wrong before a kernel is booted -----------------------------------------------

prove()
{
	"$tgc" prove --no-project "$@"
}

ends 'no kernel' 2 'on which kernel?' prove --cert cert.pem plain.tgb
ends 'no certificate' 2 'whose bundle' prove --kernel "$1" plain.tgb
ends 'no key for the output' 2 'signed anew' prove --kernel "$1" --cert cert.pem -o x.tgb plain.tgb
ends 'a stranger' 1 'plain.tgb' prove --kernel "$1" --cert other.pem plain.tgb
ends 'no such kernel' 3 'no kernel profile `nothing`' prove --kernel nothing --cert cert.pem plain.tgb
ends 'types alone do not boot' 1 'does not know an image that boots' \
	prove --kernel "$top/build/tests/fixture.bpf.o" --cert cert.pem plain.tgb
ends 'no tgrun' 3 'the guest needs it' \
	prove --kernel "$1" --cert cert.pem --tgrun nowhere/tgrun plain.tgb
ends 'a key of somebody else' 2 'no certificate' \
	prove --kernel "$1" --cert cert.pem --key other.key -o x.tgb plain.tgb
[ ! -e x.tgb ]
result 'a failed run leaves nothing' $?

# ---- a bundle that works --------------------------------------------------------------------

# shellcheck disable=SC2086 # one word a kernel
prove $kernels --cert cert.pem --key key.pem -o proved.tgb --json plain.tgb >proof.json 2>said
result 'all kernels take it' $?
"$tgc" bundle verify --cert cert.pem proved.tgb >said 2>&1
result 'the proved bundle is good' $?
"$tgc" bundle inspect --json proved.tgb >inspect.json
"$tgc" bundle inspect --report --json plain.tgb >report.json
python3 "$top/tests/prove.py" $# proof.json inspect.json report.json >said 2>&1
result 'the figures fit each other' $?

# ---- one that does not ------------------------------------------------------------------------

"$make_bundle" key.pem cert.pem "$object" refused.tgb
for k; do
	case $k in 5.10 | 6.12) ;; *) continue ;; esac
	prove --kernel "$k" --cert cert.pem --key key.pem -o x.tgb refused.tgb >out 2>said
	[ $? -eq 1 ] && [ ! -e x.tgb ]
	result "refused by $k" $?
	{ echo "== $k" && sed 's/kernel [0-9][^ ]* /kernel RELEASE /' said; } >>refused.txt
done
if [ -s refused.txt ]; then
	[ -z "$BLESS" ] || cp refused.txt "$top/tests/verifier/refused.txt"
	diff -u "$top/tests/verifier/refused.txt" refused.txt >said
	result 'what is said of it' $?
fi
echo "prove: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
