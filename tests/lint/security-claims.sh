#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each promise of SECURITY.md names files and what shows it there: check that these exist, and not as a comment, a
# string or a test that nobody runs. TAP.
set -u
cd "${srcdir:-.}" || exit 99
n=0 failed=0

ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || { printf 'not '; failed=1; }
	echo "ok $n - $2"
}

# code FILE: C without comments and strings.
code() {
	sed 's/"[^"]*"//g; s,//.*,,; s,/\*.*\*/,,g; /^[[:space:]]*\/\*/,/\*\//d' "$1"
}

# shown FILE NAME: of a script, words in the line of a result; of a test in C, a function that is defined and used;
# of a fuzz target, whose user is the driver, a name in the code.
shown() {
	case $1 in
	*.sh) grep -F -- "$2" "$1" | grep -Eq '^[^#]*\<(ok|says|gives|bad|takes|echo|injected|no_more)\>' ;;
	fuzz/*) code "$1" | grep -qw -- "$2" ;;
	*) [ "$(code "$1" | grep -cw -- "$2")" -ge 2 ] ;;
	esac
}

# Each name in the last column is a file, or words to find in the file before.
file=
while read -r name; do
	case $name in
	tests/* | fuzz/*) file=$name; [ -f "$file" ]; ok $? "$file" ;;
	*) shown "$file" "$name"; ok $? "$file: $name" ;;
	esac
done <<END
$(sed -n 's/^| .* | .* | \(`.*\) |$/\1/p' SECURITY.md | grep -o '`[^`]*`' | tr -d '`')
END
[ $n -ge 40 ]
ok $? 'all of the table was looked at'
echo "1..$n"
exit $failed
