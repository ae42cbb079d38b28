#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md's session "A guest hangs" prints what README.md shows, on a running QEMU. There "$ " is before each command,
# and its output follows. The guest is a stub that writes the entries of that session with tlbwe, some of them between
# the two captures.
. "${srcdir:-.}/tests/capture/capture-common.sh"

# Write command N to $work/N.command, its output to $work/N.output, and their number to $work/count.
awk -v dir="$work" -v section="A guest hangs" -f "$source/tests/support/session.awk" "$source/README.md"

# entries_of first: what the guest has at the first capture; second: what it writes before that
entries_of() {
	sed -n "s/^$1 //p" "$source/tests/capture/session.entries"
}

# shellcheck disable=SC2046 # a list
start "$build/tests/oracle/stage" e500v2 "$work/here/guest.qmp" $(entries_of first) -
status=$?
if [ $status -eq 77 ]; then
	skip "README.md: A guest hangs" "QEMU or the stub is not here"
	finish
fi
ok $status 'the guest runs'
[ $status -eq 0 ] || finish

more_answers() {
	[ "$(grep -c '^ready$' "$work/printed")" -gt "$answers" ]
}

# A page is written for the first time, another one is touched.
guest_goes_on() {
	for entry in $(entries_of second); do
		answers=$(grep -c '^ready$' "$work/printed")
		echo $entry >&8
		until_true more_answers
	done
	awk '/^ready$/ { last = all; all = ""; next } { all = all $0 "\n" } END { printf "%s", last }' \
		"$work/printed" >"$work/known"
}

entries_are() {
	entries "$1" >got
	same "$1 has what tlbre reads" "$work/known" got
}

# Only words of the help are needed: the command is there, with SOCKET for the socket; a second capture is "once more".
in_help() {
	words=$(sed 's/guest\.qmp/SOCKET/; /capture/s/then\.img/now.img/' "$1")
	ppctlb --help | grep -q -F "  $words "
	ok $? "in ppctlb --help: $words"
}

count=$(cat "$work/count")
[ "$count" -ge 6 ]
ok $? "the session has its commands: $count"
i=1
while [ $i -le "$count" ]; do
	command=$(cat "$work/$i.command")
	in_help "$work/$i.command"
	# how long a guest stands still is never the same
	sh "$work/$i.command" 2>&1 | sed 's/stood still for [0-9.]* ms$/stood still for 1.2 ms/' >"$work/got"
	same "$command" "$work/$i.output" "$work/got"
	case $command in
	*' capture '*now.img) entries_are now.img && guest_goes_on ;;
	*' capture '*then.img) entries_are then.img ;;
	esac
	i=$((i + 1))
done

# What the picture shows, in words.
words() {
	sed -n '/<title>/,/<\/desc>/p' "$1"
}
words "$source/doc/pictures/now.svg" >want
words now.svg >got
[ -s want ] && tail -n 1 now.svg | grep -q '^</svg>$'
ok $? 'now.svg is a whole picture'
same 'the same as in doc/pictures' want got
stop
finish
