#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openssl-recipe.sh MAKE_BUNDLE TGC: runs the recipes of docs/artifact-format.md as they stand
# there: OpenSSL verifies what we sign, refuses what was altered, and signs what we accept.
set -eu

make_bundle=$(realpath "$1")
tgc=$(realpath "$2")
document=$(realpath "$(dirname "$0")/../../docs/artifact-format.md")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

recipe() { # NAME: the code block behind its mark
	awk -v mark="<!-- recipe: $1 -->" '
		$0 == mark { found = 1; next }
		found && /^```sh$/ { inside = 1; next }
		inside && /^```$/ { exit }
		inside' "$document" > "recipe-$1.sh"
	test -s "recipe-$1.sh" || { echo "no recipe $1 in $document" >&2; exit 1; }
	sh -eu "recipe-$1.sh" > "recipe-$1.log" 2>&1
}

check() { # DESCRIPTION COMMAND...
	description=$1
	shift
	if "$@"; then
		echo "ok - $description"
	else
		echo "not ok - $description"
		tail -n 5 recipe-*.log 2> /dev/null || :
		failed=$((failed + 1))
	fi
}

refused() {
	! "$@"
}

# Another payload of the same size under the same signature.
alter_payload() {
	printf x | dd of=payload bs=1 seek=100 conv=notrunc status=none
}

make_signer() { # genpkey options...
	rm -f signer.key signer.pem
	openssl genpkey -quiet "$@" -out signer.key 2> /dev/null ||
		openssl genpkey "$@" -out signer.key 2> /dev/null
	openssl req -x509 -new -key signer.key -subj "/O=Example/CN=signer" -days 30 -out signer.pem
}

verifies() { # RECIPE KIND
	recipe split
	check "$2: openssl verifies our signature" recipe "$1"
	alter_payload
	check "$2: openssl refuses another payload" refused recipe "$1"
	check "$2: tgc verifies it" "$tgc" bundle verify --cert signer.pem bundle.tgb
}

made_twice() { # KIND
	mkdir -p elsewhere
	"$make_bundle" signer.key signer.pem - bundle.tgb
	"$make_bundle" signer.key signer.pem - elsewhere/other.tgb
	check "$1: the same bytes when made twice" cmp bundle.tgb elsewhere/other.tgb
}

for bits in 2048 3072; do
	make_signer -algorithm RSA -pkeyopt rsa_keygen_bits:$bits
	made_twice "rsa $bits"
	verifies cms "rsa $bits"

	cp bundle.tgb ours.tgb
	recipe split
	rm bundle.tgb
	check "rsa $bits: signing elsewhere" recipe sign
	check "rsa $bits: it gives the same bundle" cmp ours.tgb bundle.tgb
done

make_signer -algorithm ed25519
made_twice ed25519
verifies ed25519 ed25519

# Neither a file nor the environment may choose the cryptography of a privileged program.
cat > hostile.cnf << 'END'
openssl_conf = init
[init]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
END
OPENSSL_CONF=$work/hostile.cnf
export OPENSSL_CONF
check "this configuration stops openssl" refused \
	openssl pkey -in signer.key -pubout -out ignored.pem 2> /dev/null
check "it does not reach our verification" \
	"$tgc" bundle verify --cert signer.pem bundle.tgb
unset OPENSSL_CONF

make_signer -algorithm EC -pkeyopt ec_paramgen_curve:P-256
"$make_bundle" signer.key signer.pem - bundle.tgb 2> warning
check "p-256: tgc warns that it is not reproducible" grep -q "not reproducible" warning
verifies cms p-256

make_signer -algorithm EC -pkeyopt ec_paramgen_curve:P-384
"$make_bundle" signer.key signer.pem - bundle.tgb 2> /dev/null
verifies cms p-384

exit "$((failed > 0))"
