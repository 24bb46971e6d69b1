#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inspect.sh MAKE_BUNDLE TGC: what `tgc bundle inspect` reads out of a real BPF object, and out
# of a damaged one.
set -eu

make_bundle=$(realpath "$1")
tgc=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

check() { # DESCRIPTION COMMAND...
	description=$1
	shift
	if "$@" > output 2>&1; then
		echo "ok - $description"
	else
		echo "not ok - $description"
		cat output text 2> /dev/null || :
		failed=$((failed + 1))
	fi
}

# Two and three instructions; one of them calls a function of its own.
cat > programs.c << 'END'
__attribute__((section("fentry/f"), used)) int h0_fentry(void) { return 7; }
__attribute__((noinline)) static int times(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x * 3;
}
__attribute__((section("lsm/f"), used)) int h1_lsm(int *c) { return times(*c); }
END
clang -target bpf -O2 -c -o programs.o programs.c
openssl genpkey -algorithm ed25519 -out signer.key 2> /dev/null
openssl req -x509 -new -key signer.key -subj "/CN=signer" -days 30 -out signer.pem

"$make_bundle" signer.key signer.pem programs.o bundle.tgb
"$tgc" bundle inspect bundle.tgb > text
check "instructions of a program" \
	grep -q "h0_fentry on security_file_permission, 2 instructions" text
check "instructions of a program with a call" \
	grep -q "h1_lsm on file_open, 3 instructions" text
check "a program that is missing" \
	grep -q "h0_kprobe on security_file_permission, not in the object" text
check "what kernels a hook is for" \
	grep -qx "    where the kernel has file.f_inode, lacks old_file" text
"$tgc" bundle inspect --json bundle.tgb > json
check "the same as JSON" python3 -c 'import json
hooks = json.load(open("json"))["hooks"]
assert [h["kernel_has"] for h in hooks] == [[], ["file.f_inode"], []], hooks
assert [h["kernel_lacks"] for h in hooks] == [[], ["old_file"], []], hooks'
check "the signature is said not to be verified" grep -q "NOT VERIFIED" text

# Sections whose names and symbols lie outside the file: a message, no crash.
head -c 300 programs.o > damaged.o
"$make_bundle" signer.key signer.pem damaged.o bundle.tgb
"$tgc" bundle inspect bundle.tgb > text
check "symbols of a damaged object" grep -q "symbols cannot be read" text

exit "$((failed > 0))"
