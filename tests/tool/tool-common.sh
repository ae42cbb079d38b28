# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of ppctlb(1) share: the tool of this build with its backends, a folder for each test, TAP.
set -u
LC_ALL=C
export LC_ALL
unset NO_COLOR PPCTLB_BACKEND PPCTLB_DEBUG PPCTLB_MOCK 2>/dev/null
build=$(pwd)
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
n=0
failed=0

mkdir "$work/bin" "$work/backends" "$work/here"
# What libtool would do each time, once: it takes longer than the tool. EMULATOR runs programs of another machine.
# shellcheck disable=SC2086 # a command
{
	echo '#!/bin/sh'
	"$build/libtool" --dry-run --mode=execute ${EMULATOR:-env} "$build/ppctlb" | sed '$s/.*/exec & "$@"/'
} >"$work/bin/ppctlb"
chmod +x "$work/bin/ppctlb"
for b in 44x e500 mock; do ln -s "$build/.libs/$b.so" "$work/backends/"; done
PATH=$work/bin:$PATH
PPCTLB_BACKEND_PATH=$work/backends
LSAN_OPTIONS=suppressions=$source/tests/tool/lsan.supp:print_suppressions=0
export PATH PPCTLB_BACKEND_PATH LSAN_OPTIONS
cd "$work/here" || exit 99
. "$source/tests/tool/tool-poke.sh"

# ok STATUS NAME: one result.
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' $n "$2"
	else
		printf 'not ok %d - %s\n' $n "$2"
		failed=1
	fi
}

# skip NAME REASON
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# The last line of a test.
finish() {
	echo "1..$n"
	exit $failed
}

# random FILE BYTES: bytes by chance, the same from the same seed with every awk: the minimal standard generator, whose
# numbers a double holds. SEED in the environment is the seed, else the time is; a failure can be had again.
random() {
	seed=${SEED:-$(date +%s)}
	echo "# $1: random bytes, again with SEED=$seed"
	awk -v x="$seed" -v n="$2" 'BEGIN {
		x = x % 2147483646 + 1
		while (n-- > 0) {
			x = x * 16807 % 2147483647
			printf "%c", int(x / 128) % 256
		}
	}' >"$1"
}

# gives NAME STATUS STDOUT COMMAND...: exit status and standard output are exactly these; a failure says why
# on standard error and nothing is said else.
gives() {
	name=$1 want=$2 text=$3
	shift 3
	"$@" >"$work/out" 2>"$work/err"
	status=$?
	good=0
	[ $status -eq "$want" ] || good=1
	[ "$(cat "$work/out")" = "$text" ] || good=1
	if [ $good -ne 0 ]; then
		echo "# $*: exit $status, standard output and error:"
		sed 's/^/#   /' "$work/out" "$work/err" | head -n 40
	fi
	ok $good "$name"
}

# says NAME STATUS PATTERN COMMAND...: it fails with that status, nothing on standard output, and a message that
# the basic regular expression matches.
says() {
	name=$1 want=$2 pattern=$3
	shift 3
	"$@" >"$work/out" 2>"$work/err"
	status=$?
	good=0
	[ $status -eq "$want" ] && [ ! -s "$work/out" ] && grep -q -e "$pattern" "$work/err" || good=1
	if [ $good -ne 0 ]; then
		echo "# $*: exit $status, standard output and error:"
		sed 's/^/#   /' "$work/out" "$work/err" | head -n 40
	fi
	ok $good "$name"
}

# entries IMAGE: TLB:INDEX=WORDS of each valid entry, numbers without leading zeros.
entries() {
	ppctlb dump -n -o ENTRY "$1" | sed 's/\([=,]\)0*\([0-9a-f]\)/\1\2/g'
}

# same NAME WANT GOT: two files.
same() {
	diff "$2" "$3" >"$work/diff"
	good=$?
	sed 's/^/# /' "$work/diff" | head -n 20
	ok $good "$1"
}

# paths STYLE FILE: number of shapes of an SVG with that style; each library writes them in another way.
paths() {
	python3 "$source/tests/tool/svg-shapes.py" "$2" | grep -c "$1 "
}

# marks NAME IMAGE TEXT: what the image says its source could not know.
marks() {
	got=$(ppctlb dump "$2" | sed -n '1s/.*unknown to the source: //p')
	[ "$got" = "$3" ]
	good=$?
	[ $good -eq 0 ] || echo "# $2: unknown: $got"
	ok $good "$1"
}
