#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md's session "From a board" prints what README.md shows. There "$ " is before each command, and its output
# follows; the file that the session shows first is what somebody pasted.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# Command N of the section into $work/N.command, its output into $work/N.output, their number into $work/count.
awk -v dir="$work" -v section="From a board" -f "$source/tests/support/session.awk" "$source/README.md"

count=$(cat "$work/count")
[ "$count" -ge 6 ] && [ "$(cat "$work/1.command")" = 'cat board.txt' ]
ok $? 'the section has a session'
cp "$work/1.output" board.txt
i=1
while [ $i -le "$count" ]; do
	sh "$work/$i.command" >"$work/got" 2>&1
	same "$(cat "$work/$i.command")" "$work/$i.output" "$work/got"
	i=$((i + 1))
done
for verb in import dump check lookup plan; do
	cat "$work"/*.command | grep -q "^ppctlb $verb "
	ok $? "it shows $verb"
done
finish
