#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a release says in several places is the same in all of them: version, exported symbols, names of the library and
# of its plug-ins. TAP.
set -u
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 failed=0

# same WHAT EXPECTED GOT
same() {
	n=$((n + 1))
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "expected: $2" "got: $3" | sed 's/^/# /'
		failed=1
	fi
}

version=$(sed -n 's/^AC_INIT(\[libppctlb\], \[\(.*\)\])$/\1/p' "$source/configure.ac")
abi=$(sed -n 's/^#define PPCTLB_BACKEND_ABI *//p' "$source/include/ppctlb/backend.h")
debian=$source/pkg/debian spec=$source/pkg/rpm/libppctlb.spec

same 'NEWS begins with this version' "$version" "$(sed -n '3s/ .*//p' "$source/NEWS")"
same 'debian/changelog too' "$version" "$(sed -n '1s/^libppctlb (\(.*\)-.*/\1/p' "$debian/changelog")"
same 'the spec file is of this version' "$version" "$(sed -n 's/^Version: *//p' "$spec")"
same 'its changelog too' "$version" "$(awk '/^%changelog/ { getline; sub(/-.*/, "", $NF); print $NF }' "$spec")"

# As NAME@NODE, from the map and from the symbols file of Debian's package.
awk '/^ppctlb_[0-9.]* \{/ { node = $1; print node "@" node } /^\t[a-z0-9_]*;/ { sub(/;/, "", $1); print $1 "@" node }' \
	"$source/lib/libppctlb.map" | LC_ALL=C sort >"$work/map"
sed -n 's/^ \([^ ]*\) .*/\1/p' "$debian/libppctlb0.symbols" | LC_ALL=C sort >"$work/symbols"
same "the symbols file has the map's symbols" "$(cat "$work/map")" "$(cat "$work/symbols")"

for file in "$debian/libppctlb0.install" "$spec"; do
	same "$(basename "$file") has the plug-ins of this ABI" "ppctlb-$abi/" "$(grep -Eo 'ppctlb-[0-9]+/' "$file")"
done

# The name for the loader, from what was built; without a shared library there is none.
if [ -e .libs/libppctlb.so ]; then
	soname=$(readlink .libs/libppctlb.so | sed 's/\(\.so\.[0-9]*\).*/\1/')
	same 'the symbols file has the name of the library' "$soname" "$(awk 'NR == 1 { print $1 }' "$debian/libppctlb0.symbols")"
	same "so has Debian's package" "libppctlb${soname##*.}" "$(sed -n 's/^Package: \(libppctlb[0-9]*\)$/\1/p' "$debian/control")"
	same 'and the spec file' "$soname" "$(grep -Eo 'libppctlb\.so\.[0-9]+' "$spec")"
fi
echo "1..$n"
exit $failed
