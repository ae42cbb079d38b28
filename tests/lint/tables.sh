#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What has a row in one table has its place in the others: findings, cores, import formats, PPCTLB_UNKNOWN bits. TAP.
set -u
cd "${srcdir:-.}" || exit 99
n=0 failed=0

ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || { printf 'not '; failed=1; }
	echo "ok $n - $2"
}

# has FILES WHAT: that word, in one of the files.
has() {
	# shellcheck disable=SC2086 # a pattern of files
	cat $1 | grep -Eq -e "(^|[^a-zA-Z0-9_-])$2([^a-zA-Z0-9_-]|\$)"
	ok $? "$1 has $2"
}

# The quoted word behind each severity.
findings() { tr '\n' ' ' <lib/check.c | grep -Eo 'PPCTLB_(ERROR|WARNING|NOTE), *"[a-z0-9-]+"' | grep -Eo '"[^"]*"' | tr -d '"'; }
page_findings() { sed -n 's/^\.It Li \([a-z0-9-]*\) Ta \(error\|warning\|note\) Ta .*/\1/p' man/ppctlb_check.3; }
cores() { sed -n 's/^	{"\([a-z0-9]*\)", MODEL_.*/\1/p' tests/support/model.c; }
formats() { sed -n 's/^	F([a-z_]*, "\([^"]*\)",.*/\1/p' tool/formats/list.h; }
unknown() { grep -Eo '^	PPCTLB_UNKNOWN_[A-Z0-9_]+' include/ppctlb/ppctlb.h | tr -d '\t'; }

# Each bit has a row in the page of the image.
image_bits() { sed -n 's/^\.It \(0000[0-9a-f]*\) Ta .*/\1/p' man/ppctlb-image.5; }
[ "$(image_bits | grep -c .)" -eq "$(unknown | grep -c .)" ]
ok $? 'ppctlb-image(5) has as many bits as there are'

for name in $(findings); do
	has man/ppctlb_check.3 "$name"
	has tests/support/brute-check.c "\"$name\""
	has tests/unit/test-check.c "$name"
done
for name in $(page_findings); do
	has lib/check.c "\"$name\""
done
for name in $(cores); do
	has 'man/*.[1-7]' "$name"
done
for name in $(formats); do
	has man/ppctlb.1 "$name"
	grep -qE "(--from=|'[^']*' [a-z0-9]+ |^spoil |[ (])$name\>" tests/tool/tool-import*.sh
	ok $? "a tests/tool/tool-import*.sh reads $name"
	has fuzz/fuzz-import.c "\"$name\""
done
for name in $(unknown); do
	has tests/unit/test-text.c "$name"
done

# Each list was read.
for list in findings page_findings cores formats unknown; do
	[ "$($list | wc -l)" -ge 5 ]
	ok $? "the list of $list was read"
done
echo "1..$n"
exit $failed
