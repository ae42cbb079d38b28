#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages: clean mdoc, no reference to a missing page, and the prototypes of the header.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
n=0
status=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; status=1; }

# judge WHAT OUTPUT: the output must be empty.
judge() {
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1"; echo "$2" | sed 's/^/# /'; fi
}

lint() { mandoc -Tlint -Wwarning "$1" 2>&1; }

# Our own pages that a page refers to and that do not exist; the NAME sections say which exist.
strays() {
	sed -n 's/^\.Xr \(l*i*b*ppctlb[a-z_-]*\) \([0-9]\).*/\1.\2/p' "$1" | sort -u | while read -r page; do
		section=${page##*.}
		[ -e "$srcdir/man/$page" ] || awk -f "$srcdir/man/names.awk" "$srcdir"/man/*."$section" |
			grep -q " ${page%.*}\$" || echo "no page $page"
	done
}

declarations() { awk -f "$srcdir/tests/lint/synopsis.awk" "$1"; }
# A program of the C in a page's EXAMPLES, with what they take from their surroundings.
examples() {
	cat <<-EOT
	#include <err.h>
	#include <errno.h>
	#include <stdlib.h>
	#include <ppctlb/ppctlb.h>
	void f(int vcpu_fd, struct ppctlb *h, struct ppctlb *from, struct ppctlb *to, struct ppctlb_mapping *maps, size_t n);
	void f(int vcpu_fd, struct ppctlb *h, struct ppctlb *from, struct ppctlb *to, struct ppctlb_mapping *maps, size_t n)
	{
	EOT
	awk '/^\.Sh/ { on = /EXAMPLES/ } /^\.Ed/ { code = 0 } on && code { print } /^\.Bd -literal/ { code = 1 }' "$1" |
		sed 's/\\e/\\/g'
	echo '}'
}
compile() { ${CC:-cc} -std=c11 -I"$srcdir/include" -Wall -Werror -fsyntax-only -x c - 2>&1; }

for page in "$srcdir"/man/*.[1-9]; do
	judge "mandoc has nothing to say about ${page##*/}" "$(lint "$page")"
	judge "${page##*/} refers to pages that are there" "$(strays "$page")"
done
for page in "$srcdir"/man/*.3; do
	judge "the header has what ${page##*/} declares" "$(declarations "$page" | compile)"
	if examples "$page" | grep -q 'ppctlb_errmsg()'; then
		judge "the examples of ${page##*/} compile" "$(examples "$page" | compile)"
	fi
done

# Each check can fail.
bad=$(mktemp) || exit 1
printf '.Dd today\n.Sh NAME\n.Nm x\n.Sh SEE ALSO\n.Xr ppctlb_nothing 3 .\n' > "$bad"
judge 'a bad page does not pass as clean' "$([ -n "$(lint "$bad")" ] || echo 'it did')"
judge 'a bad reference does not pass' "$([ -n "$(strays "$bad")" ] || echo 'it did')"
printf '.Sh SYNOPSIS\n.In ppctlb/ppctlb.h\n.Ft int\n.Fn ppctlb_flush "void *h"\n' > "$bad"
judge 'a wrong prototype does not pass' "$([ -n "$(declarations "$bad" | compile)" ] || echo 'it did')"
printf '.Sh EXAMPLES\n.Bd -literal\nstruct ppctlb_mapping m = {.ea = 0};\n.Ed\n' > "$bad"
judge 'a wrong example does not pass' "$([ -n "$(examples "$bad" | compile)" ] || echo 'it did')"
rm -f "$bad"

echo "1..$n"
exit $status
