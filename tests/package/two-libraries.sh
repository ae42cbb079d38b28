#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that has the library inside and shows its names, as a VMM with plug-ins does, loads the shared one, too: each
# keeps to its own functions and messages. TAP.
set -u
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
[ -e .libs/libppctlb.a ] || { echo '1..0 # SKIP the library was built without an archive'; exit; }

cat >"$work/program.c" <<'END'
#include <ppctlb/ppctlb.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	void *shared = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	const struct ppctlb_core *(*core)(const char *) = shared ? (void *)dlsym(shared, "ppctlb_core") : NULL;
	const char *(*errmsg)(void) = shared ? (void *)dlsym(shared, "ppctlb_errmsg") : NULL;

	if (argc != 2 || !core || !errmsg || core == ppctlb_core)
		return puts(shared ? "one library only" : dlerror()), 1;
	ppctlb_core("inside");
	core("outside");
	if (!strstr(ppctlb_errmsg(), "'inside'") || strstr(ppctlb_errmsg(), "'outside'") ||
		!strstr(errmsg(), "'outside'") || strstr(errmsg(), "'inside'"))
		return printf("inside: %s\noutside: %s\n", ppctlb_errmsg(), errmsg()), 1;
	return 0;
}
END
echo 1..1
# shellcheck disable=SC2086 # flags are meant to be split
if ${CC:-gcc} ${SANITIZER_FLAGS:-} -std=gnu11 -w -rdynamic -I"$source/include" -o "$work/program" "$work/program.c" \
	-Wl,--whole-archive .libs/libppctlb.a -Wl,--no-whole-archive -ldl -lpthread >"$work/out" 2>&1 &&
	"$work/program" "$PWD/.libs/libppctlb.so" >>"$work/out" 2>&1; then
	echo 'ok 1 - a library inside a program and a shared one have a message each'
else
	sed 's/^/# /' "$work/out"
	echo 'not ok 1 - a library inside a program and a shared one have a message each'
fi
