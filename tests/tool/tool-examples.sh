#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every example of ppctlb(1) gives what the page shows: the page's literal blocks are a session, "$ " before
# each command, run in their order in one folder.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# Command n of the page into $work/N.command, what it prints into $work/N.output.
awk -v dir="$work" '
function plain(s) { gsub(/\\e/, "\\", s); gsub(/\\&/, "", s); return s }
/^\.Bd -literal/ { inside = 1; next }
/^\.Ed/ { inside = 0; next }
!inside { next }
/^\$ / { n++; at = dir "/" n ".command"; printf "" > (dir "/" n ".output"); sub(/^\$ /, "") }
{ print plain($0) > at }
at ~ /command$/ && !/\\e$/ { close(at); at = dir "/" n ".output" }
END { print n > (dir "/count") }' "$source/man/ppctlb.1"

count=$(cat "$work/count")
i=1
while [ $i -le "$count" ]; do
	if ! command -v qemu-system-ppc >/dev/null && grep -q 'qemu\|qmp\|now.img' "$work/$i.command"; then
		skip "$(head -n 1 "$work/$i.command")" 'no qemu-system-ppc'
		i=$((i + 1))
		continue
	fi
	sh "$work/$i.command" >"$work/got" 2>&1
	diff "$work/$i.output" "$work/got" >"$work/diff"
	good=$?
	sed 's/^/# /' "$work/diff"
	if [ -n "${EMULATOR:-}" ] && grep -q '^ppctlb capture' "$work/$i.command"; then
		# Its image serves the next example; it tells less than where the tool and QEMU have one byte order.
		skip "$(head -n 1 "$work/$i.command")" 'an emulated tool does not find the array in the memory of QEMU'
	else
		ok $good "$(head -n 1 "$work/$i.command")"
	fi
	i=$((i + 1))
done

# Each verb has an example.
for verb in $(ppctlb --help | sed -n '/^  ppctlb/d; s/^  \([a-z]*\) .*/\1/p'); do
	cat "$work"/*.command | grep -q "ppctlb $verb\( \|$\)"
	status=$?
	ok $status "$verb has an example"
done
finish
