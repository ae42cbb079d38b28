#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each promise of SECURITY.md names files and what in them shows it: they are there. TAP.
set -u
cd "${srcdir:-.}" || exit 99
n=0 failed=0

ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || { printf 'not '; failed=1; }
	echo "ok $n - $2"
}

# Of the last column: a file, or words to find in the file before them.
file=
while read -r name; do
	case $name in
	tests/* | fuzz/*) file=$name; [ -f "$file" ]; ok $? "$file" ;;
	*) grep -qF -- "$name" "$file"; ok $? "$file: $name" ;;
	esac
done <<END
$(sed -n 's/^| .* | .* | \(`.*\) |$/\1/p' SECURITY.md | grep -o '`[^`]*`' | tr -d '`')
END
[ $n -ge 40 ]
ok $? 'all of the table was looked at'
echo "1..$n"
exit $failed
