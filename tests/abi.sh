#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The library's ABI against the last release's, abi/libppctlb.abi; and that breaking it is noticed.
# `tests/abi.sh --write` describes the present library instead: for a release.
set -u
source=$(cd "${srcdir:-.}" && pwd)
release=$source/abi/libppctlb.abi
library=.libs/libppctlb.so
[ -e "$library" ] || { echo '1..0 # SKIP the library was built without a shared object'; exit 0; }
command -v abidiff >/dev/null || { echo '1..0 # SKIP abidiff is not installed (Debian: abigail-tools)'; exit 0; }
[ "$(uname -m)" = x86_64 ] && [ -z "${RUN:-}" ] || { echo '1..0 # SKIP the description is of x86-64'; exit 0; }

# describe LIBRARY INCLUDES: its public types and symbols, without the places they were built from.
describe() {
	abidw --headers-dir "$2" --drop-private-types --no-comp-dir-path --no-corpus-path --no-show-locs "$1" |
		sed "s|path='[^']*/lib/|path='lib/|"
}

if [ "${1:-}" = --write ]; then
	describe "$library" "$source/include" >"$release.new" && mv "$release.new" "$release"
	exit
fi

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 status=0
# result NAME: of the command before
result() {
	[ $? -eq 0 ] && word=ok || { word='not ok'; status=1; }
	n=$((n + 1))
	echo "$word $n - $1"
}

# compare LIBRARY INCLUDES: what has changed is in the report; additions are none.
compare() {
	describe "$1" "$2" >"$work/now.abi" && abidiff --no-added-syms "$release" "$work/now.abi" >"$work/report"
}

compare "$library" "$source/include"
result 'the ABI is that of the last release'
sed 's/^/# /' "$work/report"

# broken NAME PATTERN EDIT FILE: a library of sources that one edit has changed; the report names what broke.
broken() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -R "$source/include" "$source/lib" "$work/tree"
	chmod -R u+w "$work/tree"
	sed -i "$3" "$work/tree/$4"
	! cmp -s "$work/tree/$4" "$source/$4" &&
		${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -g -O0 -w -fPIC -shared -I"$work/tree/include" -DLIBRARY_VERSION='""' \
			-DBACKENDDIR='""' -Wl,-soname,libppctlb.so.0 -Wl,--version-script="$work/tree/lib/libppctlb.map" \
			-o "$work/broken.so" "$work"/tree/lib/*.c &&
		! compare "$work/broken.so" "$work/tree/include" &&
		grep -q "$2" "$work/report"
	result "$1"
}
broken 'a symbol that is gone is noticed' ppctlb_unmap '/ppctlb_unmap;/d' lib/libppctlb.map
broken 'a field that has moved is noticed' ppctlb_mapping 's/uint64_t eaddr;/uint32_t more; uint64_t eaddr;/' include/ppctlb/ppctlb.h
broken 'an enumerator with another value is noticed' PPCTLB_SHADOW 's/^\tPPCTLB_GUEST,/\tPPCTLB_GUEST = 5,/' include/ppctlb/ppctlb.h
echo "1..$n"
exit $status
