#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh [FOLDER]: a kernel in which programs may replace the result of system calls, from
# Debian's source package. FOLDER gets what the kernel tests look for, as a cache of their own:
# FOLDER/6.12/{vmlinuz,btf,version}. Takes some minutes, once (40 where two busy processors do it
# beside other things), and some 3 GB below $TMPDIR meanwhile; nothing is installed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/tgc/override}
series=6.12
needed="flex bison bc make gcc libelf-dev libssl-dev dwarves xz-utils"

if [ -s "$folder/$series/vmlinuz" ] && [ -s "$folder/$series/btf" ]; then
	exit 0
fi
missing=
for package in $needed; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=absent
	[ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
	echo "override kernel: as root: apt-get install --no-install-recommends$missing" >&2
	exit 3
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
echo "override kernel: fetching linux-source-$series"
apt-get -q download "linux-source-$series" >log 2>&1 || { cat log >&2; exit 3; }
dpkg-deb -x linux-source-*.deb package
tar -xf package/usr/src/linux-source-$series.tar.xz
cd linux-source-$series

# Every wish must be granted: a kernel without one of them would test something else.
make -s tinyconfig
scripts/kconfig/merge_config.sh -m .config "$here/config" >../log
make -s olddefconfig
grep '^CONFIG' "$here/config" | while read -r line; do
	grep -qx "$line" .config || { echo "override kernel: $line is not possible" >&2; exit 1; }
done

echo "override kernel: building (some minutes)"
make -s -j"$(nproc)" bzImage >../log 2>&1 || { tail -n 30 ../log >&2; exit 3; }
mkdir -p "$folder/$series"
objcopy --dump-section .BTF="$folder/$series/btf" vmlinux /dev/null
version=$(dpkg-deb -f ../linux-source-*.deb Version)
echo "linux-source-$series $version" >"$folder/$series/version"
cp arch/x86/boot/bzImage "$folder/$series/vmlinuz.new" # the last one: with it the kernel is there
mv "$folder/$series/vmlinuz.new" "$folder/$series/vmlinuz"
echo "override kernel: $(cat "$folder/$series/version") is in $folder"
