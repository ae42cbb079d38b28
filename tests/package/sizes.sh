#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that was built against an older or a newer header than the library's: config, info and image_info tell
# their size, and the library takes those of version 1, today's and later ones. TAP.
#
# The later version is today's with a field more behind the last of each structure. Its library is built of this one's
# sources.
set -u
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 failed=0

ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || { printf 'not '; failed=1; }
	echo "ok $n - $2"
}

mkdir -p "$work/later" "$work/today" || exit 99
cp -R "$source/include" "$source/lib" "$work/later" && chmod -R u+w "$work/later" || exit 99
for structure in ppctlb_config ppctlb_info ppctlb_image_info; do
	sed -i "/^struct $structure {/,/^};/s/^};/\tuint64_t later;\n};/" "$work/later/include/ppctlb/ppctlb.h"
done
[ "$(grep -c 'uint64_t later;' "$work/later/include/ppctlb/ppctlb.h")" -eq 3 ]
ok $? 'the later header has a field more in three structures'

# shellcheck disable=SC2086 # flags are meant to be split
cc() { ${CC:-gcc} ${SANITIZER_FLAGS:-} -std=gnu11 -D_GNU_SOURCE -w "$@"; }

# library DIR INCLUDES: a libppctlb.so.0 of these sources
library() {
	cc -fPIC -shared -I"$2" -DLIBRARY_VERSION='"x"' -DBACKENDDIR='""' -Wl,-soname,libppctlb.so.0 \
		-Wl,--version-script="$source/lib/libppctlb.map" -o "$1/libppctlb.so.0" "$work"/later/lib/*.c &&
		ln -sf libppctlb.so.0 "$1/libppctlb.so"
}
library "$work/later" "$work/later/include" && library "$work/today" "$source/include"
ok $? 'both libraries are built'

cat >"$work/program.c" <<'END'
#include <ppctlb/ppctlb.h>
#include <stdio.h>
#include <string.h>
#ifndef LATER
#define LATER(s)
#endif
static int trouble(const char *what)
{
	printf("%s: %s\n", what, ppctlb_errmsg());
	return 1;
}
int main(void)
{
	/* what follows a structure is the caller's */
	struct { struct ppctlb_info it; unsigned char behind[64]; } info;
	struct { struct ppctlb_image_info it; unsigned char behind[64]; } image_info;
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	static unsigned char image[65536], same[64];
	size_t len = sizeof(image);
	struct ppctlb *h;

	memset(&info, 0x5a, sizeof(info));
	memset(&image_info, 0x5a, sizeof(image_info));
	memset(same, 0x5a, sizeof(same));
	info.it.size = sizeof(info.it);
	image_info.it.size = sizeof(image_info.it);
	cfg.core = "440";
	LATER(cfg.later = 1;)
	LATER(if (ppctlb_open(&h, &cfg) != -95) return trouble("a field that is not known and used"); cfg.later = 0;)
	if (ppctlb_open(&h, &cfg))
		return trouble("open");
	if (ppctlb_info(h, &info.it) || info.it.entries != 64 || strcmp(info.it.core->name, "440"))
		return trouble("info");
	if (ppctlb_save(h, image, &len) || ppctlb_image_info(image, len, &image_info.it) || image_info.it.entries != 64)
		return trouble("image_info");
	if (info.it.size != sizeof(info.it) || image_info.it.size != sizeof(image_info.it))
		return trouble("the size is the caller's");
	if (memcmp(info.behind, same, sizeof(same)) || memcmp(image_info.behind, same, sizeof(same)))
		return trouble("written behind a structure");
	info.it.size--;
	if (ppctlb_info(h, &info.it) != EXPECT_SHORT)
		return trouble("a structure that is too short");
	ppctlb_close(h);
	return 0;
}
END

# consumer NAME INCLUDES LIBRARY FLAG...: a program of these headers with that library
consumer() {
	name=$1 includes=$2 libs=$3
	shift 3
	cc "$@" -I"$includes" -o "$work/program" "$work/program.c" -L"$libs" -lppctlb &&
		LD_LIBRARY_PATH=$libs "$work/program" >"$work/out"
	ok $? "$name"
	sed 's/^/# /' "$work/out"
}

PPCTLB_BACKEND_PATH=${PPCTLB_BACKEND_PATH:-$(pwd)/.libs}
export PPCTLB_BACKEND_PATH
: >"$work/out"
consumer "a program of today's header, today's library" "$source/include" "$work/today" -DEXPECT_SHORT=-22
consumer 'an older program, a later library' "$source/include" "$work/later" -DEXPECT_SHORT=-22
consumer "a later program, today's library" "$work/later/include" "$work/today" -DEXPECT_SHORT=0 '-DLATER(s)=s'
echo "1..$n"
exit $failed
