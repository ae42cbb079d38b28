#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What configure leaves out and what it refuses; uninstall removes everything that was installed; the licences that are
# said of what is distributed. TAP.
# usage: build-system.sh SOURCE BUILD   (BUILD: a folder where SOURCE was built)
set -u

[ $# -eq 2 ] || { sed -n 's/^# usage:/usage:/p' "$0" >&2; exit 2; }
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 status=0
unset MAKEFLAGS MFLAGS MAKELEVEL

# it WHAT LOG COMMAND...: one test; LOG is printed if it fails.
it() {
	what=$1 log=$work/$2
	shift 2
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		tail -n 40 "$log" | sed 's/^/# /'
		status=1
	fi
}

# configured LOG CACHE OPTION...: as on a machine where pkg-config finds no library.
configured() {
	log=$work/$1 cache=$work/$2.cache
	shift 2
	mkdir -p "$log.tree"
	cd "$log.tree" &&
		"$source/configure" --cache-file="$cache" PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nonexistent "$@" >"$log" 2>&1
}

# A machine that has all libraries of the tool but cairo, as far as pkg-config knows.
plot_libraries() {
	mkdir "$work/libraries"
	for name in smartcols json-c; do
		printf 'Name: %s\nDescription: -\nVersion: 99\n' $name >"$work/libraries/$name.pc"
	done
}

# The same with a configure that was generated without pkg-config's macros.
without_macros() {
	mkdir "$work/aclocal" && cp "$(aclocal --print-ac-dir)"/*.m4 "$work/aclocal" && rm -f "$work/aclocal/pkg.m4" &&
		cp -R "$source" "$work/source" && chmod -R u+w "$work/source" &&
		(cd "$work/source" && ACLOCAL="aclocal --system-acdir=$work/aclocal" autoreconf -fi >"$work/remade" 2>&1) &&
		source=$work/source
}

# Each runs in a shell of its own, the two long ones at the same time.
(configured cross cross --host="${CROSS_HOST:-powerpc-linux-gnu}") &
(configured bare native --disable-tool --disable-tests)
bare=$?
wait $!
cross=$?
(configured tool native --disable-tests)
tool=$?
(configured tests native --disable-tool)
tests=$?
plot_libraries
(configured plot cairo --disable-tests PKG_CONFIG_LIBDIR="$work/libraries")
plot=$?
(configured noplot cairo --disable-tests --disable-plot PKG_CONFIG_LIBDIR="$work/libraries")
noplot=$?
without_macros
(configured remade cross --host="${CROSS_HOST:-powerpc-linux-gnu}")
remade=$?
(configured unmade native)
unmade=$?
source=$1
(configured static native --disable-shared --disable-tool)
(configured sanitizers native --enable-sanitizers=rust --disable-tool --disable-tests)
sanitizers=$?

summary() { grep -qxE "	$2 +$3" "$work/$1"; }
no_test_of_plugins() {
	# shellcheck disable=SC2016 # for make
	make -s -C "$work/static.tree" --eval='print-tests: ; @echo $(TESTS)' print-tests >"$work/list" &&
		grep -q tests/package/ "$work/list" && ! grep -E 'tests/tool/|sizes|two-libraries' "$work/list"
}
misses() { grep -q "^configure: error: Package requirements ($2 .*) were not met" "$work/$1"; }

it 'a cross build needs no library' cross test $cross -eq 0
it 'the summary of a cross build: no tool' cross summary cross 'tool ppctlb\(1\)' no
it 'the summary of a cross build: no unit tests' cross summary cross 'unit tests' no
it 'nor pkg-config when configure is made' remade test $remade -eq 0
it 'natively, without tool and tests, none either' bare test $bare -eq 0
it 'natively a missing library of the tool is an error' tool test $tool -ne 0
it 'and it is named' tool misses tool smartcols
it 'so are packages, and the option that does without' tool \
	grep -qx 'Debian has them in libsmartcols-dev .*\. Or configure with --disable-tool\.' "$work/tool"
it 'natively without cairo, too' plot test $plot -ne 0
it 'and it is named' plot misses plot cairo
it 'with its package, and the option that does without' plot \
	grep -qx 'Debian has them in libcairo2-dev\. Or configure with --disable-plot\.' "$work/plot"
it 'without pictures it is not needed' noplot test $noplot -eq 0
it 'the summary tells: the tool' noplot summary noplot 'tool ppctlb\(1\)' yes
it 'the summary tells: no pictures' noplot summary noplot pictures no
it 'natively a missing library of the tests is an error' tests test $tests -ne 0
it 'and it is named' tests misses tests check
it 'natively pkg-config is needed' unmade test $unmade -ne 0
it 'and that is told' unmade grep -q 'configure: error: pkg-config is needed to find smartcols' "$work/unmade"

it 'without shared objects there are no plug-ins' static summary static plug-ins none
it 'and the backends are built in' static summary static 'backends built in' 44x,e500
it 'and no unit tests, which look for them' static summary static 'unit tests' no
it 'nor does any other test' static no_test_of_plugins
it 'a sanitizer that the compiler lacks is refused' sanitizers test $sanitizers -ne 0
it 'and it is named' sanitizers grep -q 'configure: error: .*-fsanitize=rust' "$work/sanitizers"

nothing_left() { find "$work/root" \( ! -type d -o -name '*ppctlb*' \) >"$work/left" && [ ! -s "$work/left" ]; }

make -C "$build" DESTDIR="$work/root" install install-tests >"$work/install" 2>&1
it 'library and tests are installed' install test $? -eq 0
make -C "$build" DESTDIR="$work/root" uninstall >"$work/uninstall" 2>&1
it 'and uninstalled' uninstall test $? -eq 0
it 'nothing is left of them' left nothing_left

nothing_built() {
	find "$source" -name '*.o' -o -name '*.log' -o -name .deps -o -name .dirstamp >"$work/built" && [ ! -s "$work/built" ]
}
it 'what is distributed has nothing of a build' built nothing_built

python3 "$source/tests/package/copyright.py" "$source" >"$work/copyright" 2>&1
it 'debian/copyright says of each file what the file says' copyright test $? -eq 0

echo "1..$n"
exit $status
