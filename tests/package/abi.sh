#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the ABI with the last release's: abi/libppctlb.abi has the symbols of the library and the types that they
# reach, abi/libppctlb.values what only headers have: each macro, enumerator and member. Shows that a break is noticed.
# `tests/package/abi.sh --write WHY` describes the present library and headers instead, for a release or, before the
# first one, for what changed; WHY becomes the first line of abi/libppctlb.values.
set -u
source=$(cd "${srcdir:-.}" && pwd)
release=$source/abi/libppctlb
library=.libs/libppctlb.so
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# describe LIBRARY INCLUDES: its public types and symbols, without the paths of the sources.
describe() {
	abidw --headers-dir "$2" --drop-private-types --no-comp-dir-path --no-corpus-path --no-show-locs "$1" |
		sed "s|path='[^']*/lib/|path='lib/|"
}

# statements INCLUDES: see abi-values.awk
statements() {
	for header in "$1"/ppctlb/*.h; do
		sed -z 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g' "$header" |
			awk -v header="$(basename "$header")" -f "$source/tests/package/abi-values.awk" || return
	done
}

# values INCLUDES: a line for each name, with the value that the compiler gives it
values() {
	statements "$1" >"$work/statements" && cat >"$work/values.c" <<-'END' &&
		#include <stdio.h>
		#include <ppctlb/44x.h>
		#include <ppctlb/backend.h>
		#include <ppctlb/e500.h>
		#define VALUE(header, name) printf("%s %s = %#llx\n", header, #name, (unsigned long long)(name));
		#define TEXT(header, name, text) printf("%s %s = %s\n", header, #name, text);
		#define SIZE(header, type) printf("%s %s: %zu bytes\n", header, #type, sizeof(type));
		#define MEMBER(header, type, name, declared) printf("%s %s.%s: at %zu, %zu bytes, %s\n", header, #type, #name, \
			offsetof(type, name), sizeof(((type *)0)->name), declared);
		int main(void)
		{
		#include "statements"
		}
	END
		${CC:-gcc} -std=gnu11 -w -I"$1" -o "$work/values" "$work/values.c" && "$work/values"
}

if [ "${1:-}" = --write ]; then
	[ -n "${2:-}" ] || { echo 'why is the ABI another one? make abi WHY="..."' >&2; exit 2; }
	describe "$library" "$source/include" >"$work/abi" && { echo "# $2"; values "$source/include"; } >"$work/now" &&
		cp "$work/abi" "$release.abi" && cp "$work/now" "$release.values"
	exit
fi

n=0 status=0
# result NAME: of the command before
result() {
	[ $? -eq 0 ] && word=ok || { word='not ok'; status=1; }
	n=$((n + 1))
	echo "$word $n - $1"
}

# skip NAME REASON
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# edited EDIT FILE: copies of the sources that one edit has changed
edited() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -R "$source/include" "$source/lib" "$work/tree"
	chmod -R u+w "$work/tree"
	sed -i "$1" "$work/tree/$2"
	! cmp -s "$work/tree/$2" "$source/$2"
}

# ---- the headers ----

# of_plug_ins FILE: the part between the library and its plug-ins
of_plug_ins() {
	grep '^backend\.h ' "$1"
}

# compare_values INCLUDES: report what has changed. Between library and plug-ins an addition is a change, too.
compare_values() {
	same=0
	values "$1" >"$work/now" || { echo 'the headers cannot be described' >"$work/report"; return 1; }
	if grep -v '^#' "$release.values" | grep -vxF -f "$work/now" >"$work/report"; then
		same=1
	fi
	of_plug_ins "$release.values" >"$work/was"
	of_plug_ins "$work/now" | cmp -s - "$work/was" || {
		echo 'backend.h is another one: PPCTLB_BACKEND_ABI must be a new number, then: make abi'
		same=1
	} >>"$work/report"
	return $same
}

# broken_value NAME PATTERN EDIT HEADER: the report names what broke.
broken_value() {
	edited "$3" "include/ppctlb/$4" && ! compare_values "$work/tree/include" && grep -q "$2" "$work/report"
	result "noticed: $1"
}

check_headers() {
	compare_values "$source/include"
	result 'names, values and structures are those of the last release'
	sed 's/^/# /' "$work/report"

	edited 's/^#define PPCTLB_FLAGS/#define PPCTLB_MORE 1\n&/' include/ppctlb/ppctlb.h && compare_values "$work/tree/include"
	result 'another name is no break'
	broken_value 'two flags exchanged' PPCTLB_UR 's/_UR =/_X =/; s/_SR =/_UR =/; s/_X =/_SR =/' ppctlb.h
	broken_value 'two results exchanged' PPCTLB_HIT 's/^\tPPCTLB_HIT,/\tPPCTLB_MISS,/; t; s/^\tPPCTLB_MISS,/\tPPCTLB_HIT,/' ppctlb.h
	broken_value 'two severities exchanged' PPCTLB_WARNING 's/PPCTLB_ERROR, PPCTLB_WARNING/PPCTLB_WARNING, PPCTLB_ERROR/' ppctlb.h
	broken_value 'two kinds of access exchanged' PPCTLB_WRITE 's/PPCTLB_READ, PPCTLB_WRITE/PPCTLB_WRITE, PPCTLB_READ/' ppctlb.h
	broken_value 'a macro with another value' PPCTLB_NO_SLOT 's/NO_SLOT 0x8000u/NO_SLOT 0x4000u/' ppctlb.h
	broken_value 'an initializer with another value' PPCTLB_CONFIG_INIT 's/config), -1,/config), 0,/' ppctlb.h
	broken_value 'a name that is gone' PPCTLB_NOTE 's/, PPCTLB_NOTE / /' ppctlb.h
	broken_value 'a member of another type' 'ppctlb_hit.result' 's/uint32_t result;/int32_t result;/' ppctlb.h
	broken_value 'a raw word of another width' 'ppctlb_e500_tlbe.mas8' 's/uint32_t mas8/uint64_t mas8/' e500.h
	broken_value 'a bit of a raw word that has moved' PPCTLB_44X_UX 's/_UX   0x00000020u/_UX   0x00000040u/' 44x.h

	new_number='PPCTLB_BACKEND_ABI must be a new number'
	broken_value 'a member more of a vCPU' "$new_number" 's/^\tvoid \*state;/&\n\tvoid *more;/' backend.h
	broken_value 'an operation more of a backend' "$new_number" 's/^\tint (\*commit).*/&\n\tint (*more)(void);/' backend.h
	broken_value 'an operation with other arguments' "$new_number" 's/entries, size_t n);/entries, unsigned n);/' backend.h
	broken_value 'a word more of an entry for plug-ins' 'ppctlb_core.word_mask' 's/const char \*const \*aliases;/&\n\tvoid *more;/' ppctlb.h
	broken_value 'another number of the plug-in ABI' 'PPCTLB_BACKEND_ABI = ' 's/\(PPCTLB_BACKEND_ABI\) .*/\1 99/' backend.h
}

# ---- the library ----

# nodes FILE: NAME VERSION of each symbol
nodes() {
	sed -n "s/.*<elf-symbol name='\([^']*\)' version='\([^']*\)'.*/\1 \2/p" "$1"
}

# compare LIBRARY INCLUDES: report what has changed; an addition is no change, except to a symbol node of the release.
compare() {
	describe "$1" "$2" >"$work/now.abi" || return
	same=0
	abidiff --no-added-syms "$release.abi" "$work/now.abi" >"$work/report" || same=1
	nodes "$release.abi" >"$work/was"
	nodes "$work/now.abi" | grep -vxF -f "$work/was" | grep -wF -f "$work/released" >"$work/added" && {
		sed 's/ / is new in the released node /; s/$/: it needs a node of its own/' "$work/added" >>"$work/report"
		same=1
	}
	return $same
}

# broken NAME PATTERN EDIT FILE: a library of the edited sources; the report names what broke.
broken() {
	edited "$3" "$4" &&
		${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -g -O0 -w -fPIC -shared -I"$work/tree/include" -DLIBRARY_VERSION='""' \
			-DBACKENDDIR='""' -Wl,-soname,libppctlb.so.0 -Wl,--version-script="$work/tree/lib/libppctlb.map" \
			-o "$work/broken.so" "$work"/tree/lib/*.c &&
		! compare "$work/broken.so" "$work/tree/include" &&
		grep -q "$2" "$work/report"
	result "noticed: $1"
}

check_library() {
	nodes "$release.abi" | sed 's/.* //' | sort -u >"$work/released"
	compare "$library" "$source/include"
	result 'symbols and their types are those of the last release'
	sed 's/^/# /' "$work/report"

	broken 'a symbol that is gone' ppctlb_unmap '/ppctlb_unmap;/d' lib/libppctlb.map
	broken 'a version with another name' ppctlb_0.9 's/ppctlb_0\.9/ppctlb_0.10/' lib/libppctlb.map
	broken 'a symbol more in a released node' 'tlb_conflict is new in the released node ppctlb_0.9' \
		's/^\tppctlb_map;/&\n\ttlb_conflict;/' lib/libppctlb.map
	broken 'a field that has moved' ppctlb_mapping 's/uint64_t eaddr;/uint32_t more; uint64_t eaddr;/' include/ppctlb/ppctlb.h
	broken 'an enumerator with another value' PPCTLB_SHADOW 's/^\tPPCTLB_GUEST,/\tPPCTLB_GUEST = 5,/' include/ppctlb/ppctlb.h
}

if [ -n "${EMULATOR:-}" ] || [ "$(getconf LONG_BIT)" != 64 ]; then
	skip 'the headers' 'the description is of hosts of 64 bits'
else
	check_headers
fi
if [ ! -e "$library" ]; then
	skip 'the library' 'it was built without a shared object'
elif ! command -v abidiff >/dev/null; then
	skip 'the library' 'abidiff is not installed (Debian: abigail-tools)'
elif [ "$(uname -m)" != x86_64 ] || [ -n "${EMULATOR:-}" ]; then
	skip 'the library' 'the description is of x86-64'
else
	check_library
fi
echo "1..$n"
exit $status
