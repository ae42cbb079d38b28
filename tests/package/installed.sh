#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests an installed library as its users see it: headers, pkg-config, exported names. `make installcheck` runs it, with
# the results of configure in the environment.
# shellcheck disable=SC2046,SC2086,SC2317 # flags are meant to be split; functions are called by name
set -u
: "${srcdir:?}" "${includedir:?}" "${libdir:?}" "${bindir:?}" "${CC:?}" "${CXX:?}" "${NM:?}"
n=0 status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$srcdir/tests/package
strict='-Wall -Wextra -pedantic -Werror'
export PKG_CONFIG_PATH="$libdir/pkgconfig"
export LD_LIBRARY_PATH="$libdir"
unset PPCTLB_BACKEND PPCTLB_BACKEND_PATH

# it WHAT COMMAND...: one test; the output of the command is printed if it fails.
it() {
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$work/out"
		status=1
	fi
}

pc() { "${PKG_CONFIG:-pkg-config}" "$@" libppctlb; }
c99() { $CC -std=c99 $strict "$@"; }
cxx11() { $CXX -std=c++11 $strict -x c++ "$@"; }

headers_alone() {
	for header in "$includedir"/ppctlb/*.h; do
		name=ppctlb/${header##*/}
		echo "#include <$name>" >"$work/alone.c"
		it "$name alone in C99" c99 -fsyntax-only $(pc --cflags) "$work/alone.c"
		it "$name alone in C++11" cxx11 -fsyntax-only $(pc --cflags) "$work/alone.c"
	done
}

strangers() {
	it 'a program in C99 builds' c99 -o "$work/c" "$here/consumer.c" $(pc --cflags --libs)
	it 'a program in C99 runs' "$work/c"
	it 'a program in C++11 builds' cxx11 -o "$work/cxx" "$here/consumer.c" $(pc --cflags --libs)
	it 'a program in C++11 runs' "$work/cxx"
}

# The example in the README is the one that is built.
readme() {
	awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' "$srcdir/README.md" >"$work/readme.c"
	it 'the example of the README builds' $CC -Wall -Wextra -Werror -o "$work/readme" "$work/readme.c" $(pc --cflags --libs)
	it 'the example of the README runs' "$work/readme"
}

t16() { PPCTLB_BACKEND_PATH=$work/t16 "$bindir/ppctlb" "$@"; }
says() { expected=$1; shift; [ "$(t16 "$@")" = "$expected" ]; }
is_svg() { t16 plot "$1" -o "$work/t16.svg" && grep -q '<svg' "$work/t16.svg"; }

# A backend that is none of ours, from what is installed alone, used through the tool.
stranger() {
	image=$work/t16.image
	mkdir "$work/t16"
	it 'the example of a backend builds' $CC -std=c99 $strict -shared -fPIC -o "$work/t16/t16.so" \
		"$srcdir/doc/examples/backend.c" $(pc --cflags)
	[ -x "$bindir/ppctlb" ] || return
	it 'its core can be loaded' says "$(printf 'NAME STATUS PATH\nt16  usable %s' "$work/t16/t16.so")" backends
	it 'it has images' t16 new -c t16 "$image"
	it 'it maps' t16 map "$image" 0x10000000:0x20000000:64K:sr,sw 0x30000000:0x40000000:4K:ur,tid=5
	it 'it cuts' t16 unmap "$image" 0x10001000 4K
	it 'it answers' says '0x1000f123 hit 0x2000f123 0:15 0x1000f000:0x2000f000:4K:sr,sw' lookup "$image" 0x1000f123
	it 'it misses' says '0x10001123 miss - - -' lookup "$image" 0x10001123
	it 'it has a dump' eval 't16 dump "$image" | grep "0x30000000-0x30000fff 0x40000000-0x40000fff.*30000051,40000001"'
	[ "${plot:-no}" = no ] || it 'it has a picture' is_svg "$image"
}

# The names of symbol versions have type A; they are no symbols.
only() {
	$NM -D --defined-only "$2" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' >"$work/names"
	[ -s "$work/names" ] && ! grep -vxE "$1" "$work/names"
}

exports() {
	it 'the library exports ppctlb_* only' only 'ppctlb_[a-z0-9_]*' "$libdir/libppctlb.so"
	backends=$(pc --variable=backenddir)
	it 'backenddir ends in the ABI number' test "$backends" = "$libdir/ppctlb-$(pc --variable=backend_abi)"
	for backend in 44x e500 mock; do
		it "the $backend plug-in exports its table only" only ppctlb_backend "$backends/$backend.so"
	done
}

without_plugins() { env PPCTLB_BACKEND_PATH=/nonexistent "$@"; }
finds_none() { ! without_plugins "$1" 2>"$work/err" && grep 'in /nonexistent: there is no backend' "$work/err"; }

# With the backends built in, a static program needs no plug-in; else it has none. Sanitizers link no static program.
static() {
	it 'pkg-config has the backends built in' test "$(pc --variable=builtin_backends)" = "${builtin_backends:-}"
	it 'a static program builds' $CC -static -o "$work/static" "$here/consumer.c" $(pc --static --cflags --libs)
	if [ -n "${builtin_backends:-}" ]; then
		it 'a static program runs without plug-ins' without_plugins "$work/static"
	else
		it 'a static program has no backend without plug-ins' finds_none "$work/static"
	fi
}

headers_alone
strangers
[ ! -e "$srcdir/README.md" ] || readme
[ ! -e "$libdir/libppctlb.so" ] || exports
[ ! -e "$libdir/libppctlb.so" ] || stranger
case $CC in *-fsanitize=*) ;; *) static ;; esac
echo "1..$n"
exit $status
