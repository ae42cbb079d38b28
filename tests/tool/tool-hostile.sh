#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb with bad input and bad luck: garbage, endless lines, full disks, closed pipes, killed processes. Whatever
# comes, the exit code is 0, 1 or 2, a failure is told, and an image is the old one or the new one.
. "${srcdir:-.}/tests/tool/tool-common.sh"

ppctlb new -c e500v2 good.img
ppctlb map good.img 0xc0000000:0:256M:sr,sw,sx 0x1000:0x1000:4K:sr
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "0x%x\n", i * 4096 }' >eas
printf '\033[31m\033]0;title\007' >escapes
random anything 300000
tr -d 0-9a-fA-F <anything >garbage # not even by chance a number

# clean FILE: no control character but newline in it.
clean() {
	[ "$(tr -d '\n\040-\176' <"$1" | wc -c)" -eq 0 ]
}

# ---- garbage where lines are expected ----

for verb in 'encode -c 440' 'decode -c e500v2' 'lookup good.img'; do
	says "$verb: random bytes" 1 '-:[0-9]*:[0-9]*: ' ppctlb $verb - <garbage
	clean "$work/err"
	ok $? "$verb: no control character on the terminal"
	head -c 2000000 /dev/zero | tr '\0' 7 >long
	says "$verb: a line of megabytes" 1 '-:1:4097: line too long' ppctlb $verb - <long
	[ "$(wc -l <"$work/err")" -eq 1 ]
	ok $? "$verb: told once"
	says "$verb: escape sequences" 1 '-:1:' ppctlb $verb - <escapes
	clean "$work/err"
	ok $? "$verb: they are spelled out"
	says "$verb: a directory" 1 'Is a directory' ppctlb $verb - <.
	says "$verb: a closed standard input" 1 'Bad file descriptor' ppctlb $verb - <&-
done
{ cat long; printf '\n0x1000\n'; } >mixed
gives 'the lines behind a long one are read' 1 '0x1000 hit 0x1000 0:4 0x1000:0x1000:4K:sr' ppctlb lookup good.img - <mixed
grep -q -e '-:1:4097:' "$work/err"
ok $? 'the long one has its number'
printf '0x1\0000\n0x1000\n' >nul
gives 'a NUL byte ends no line' 1 '0x1000 hit 0x1000 0:4 0x1000:0x1000:4K:sr' ppctlb lookup good.img - <nul
grep -q -e '-:1:4: NUL' "$work/err"
ok $? 'it is told with its column'
name=$(cat escapes)
says 'a file name with escape sequences' 1 '\\x1b' ppctlb dump "$name"
clean "$work/err"
ok $? 'is spelled out'

# ---- memory does not grow with the input ----

# feed FIRST THEN: lookup reads from a pipe what the first writes, then the other; its peak is taken after each. What ASan
# itself takes grows by megabytes, where it keeps frames of functions that returned.
mkfifo pipe
peak() {
	sleep 0.3
	awk '/^VmHWM/ { print $2 }' /proc/$pid/status
}
feed() {
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_stack_use_after_return=0 ppctlb lookup good.img - <pipe >/dev/null 2>&1 &
	pid=$!
	exec 3>pipe
	"$1" >&3
	before=$(peak)
	"$2" >&3
	after=$(peak)
	exec 3>&-
	wait $pid
}
few_lines() { head -n 5000 eas; }
a_million_lines() { for i in 1 2 3 4 5; do cat eas; done; }
an_endless_line() { head -c 200000000 /dev/zero | tr '\0' 7; }

# no_more NAME
no_more() {
	if [ -n "$before" ]; then
		echo "# peak: $before KiB before, $after KiB after"
		[ "$after" -lt $((before + 512)) ]
		ok $? "$1"
	else
		skip "$1" 'no /proc'
	fi
}
feed few_lines a_million_lines
ok $? 'a million lines'
no_more 'take no more memory than five thousand'
feed few_lines an_endless_line
[ $? -eq 1 ]
ok $? 'a line of 200 MB'
no_more 'takes no more memory than short ones'

# ---- garbage where an image is expected ----

cp good.img part.img
for verb in dump check 'lookup part.img 0' 'map part.img 0:0:4K:sr' flush; do
	case $verb in *\ *) operands=${verb#* } ;; *) operands=part.img ;; esac
	cp garbage part.img
	says "${verb%% *}: random bytes" 1 'part.img: ' ppctlb ${verb%% *} $operands
	cmp -s part.img garbage
	ok $? "${verb%% *}: left as they were"
	: >part.img
	says "${verb%% *}: nothing" 1 'part.img: ' ppctlb ${verb%% *} $operands
done
size=$(wc -c <good.img)
bad=0
for length in 1 7 8 55 56 59 60 1000 $((size - 4)) $((size - 1)); do
	head -c $length good.img >part.img
	ppctlb dump part.img >out 2>/dev/null
	[ $? -eq 1 ] && [ ! -s out ] || bad=1
done
cat good.img good.img >part.img
ppctlb dump part.img >/dev/null 2>&1 && bad=1
ok $bad 'images cut short or with more behind are refused'
bad=0
i=0
while [ $i -lt 60 ]; do
	cp good.img part.img
	bytes "$(printf %02x $(($(od -An -tu1 -j $i -N 1 good.img) ^ 64)))" | dd of=part.img bs=1 seek=$i conv=notrunc 2>/dev/null
	ppctlb dump part.img >out 2>/dev/null
	[ $? -eq 1 ] && [ ! -s out ] || bad=1
	i=$((i + 1))
done
ok $bad 'a bit that fell over is noticed'
for field in 32:ffffffff 32:00000000 36:00000003 40:00000041 48:ffffffff 8:00000002 12:ffffffff 16:1b5b33316d000000; do
	cp good.img part.img
	poke part.img ${field%:*} ${field#*:}
	says "a header that lies at byte $field" 1 'part.img: ' ppctlb dump part.img
	clean "$work/err"
	ok $? 'and is told in clean text'
done
says 'an endless image' 1 '/dev/zero: ' ppctlb dump /dev/zero
says 'a directory' 1 'Is a directory' ppctlb dump .
says 'an image of two' 2 'standard input' ppctlb diff - - <good.img

# ---- output that does not arrive ----

for verb in backends cores version 'encode -c 440 0:0:4K:sr' 'decode -c 440 0,270,0,7' 'plan -c 440 0:0:1M:sr' 'dump good.img' \
	'dump --format=json good.img' 'lookup good.img -' 'lookup --json good.img 0' --help 'dump --help'; do
	ppctlb $verb <eas >/dev/full 2>err
	[ $? -eq 1 ] && grep -q 'standard output: No space left' err
	ok $? "a full disk: $verb"
	ppctlb $verb <eas >&- 2>err
	[ $? -eq 1 ] && grep -q 'standard output: Bad file' err
	ok $? "a closed standard output: $verb"
done
ppctlb new -c 440 other.img
ppctlb map other.img 0:0:4K:
cp other.img changed.img
ppctlb unmap changed.img 0 4K
ppctlb diff other.img changed.img >/dev/full 2>err
[ $? -eq 2 ] && grep -q 'No space left' err
ok $? 'a full disk is trouble for diff'
{ ppctlb lookup good.img - <eas 2>err; echo $? >status; } | true
[ "$(cat status)" -eq 1 ] && [ ! -s err ]
ok $? 'a closed pipe'
{ yes 0x1000 | { timeout 20 ppctlb lookup good.img - 2>err; echo $? >status; }; } | head -n 1 >/dev/null
[ "$(cat status)" -eq 1 ]
ok $? 'endless input ends when nobody listens'
ppctlb new -c 440 quiet.img >&- 2>&- <&-
status=$?
[ $status -eq 0 ] && ppctlb check quiet.img
ok $? 'an image is not written into a standard stream that was closed'

# ---- images that cannot be written ----

umask 027
ppctlb new -c 440 mode.img
[ "$(ls -l mode.img | cut -c1-10)" = -rw-r----- ]
ok $? 'a new image obeys the umask'
chmod 604 mode.img
ppctlb map mode.img 0:0:4K:sr
[ "$(ls -l mode.img | cut -c1-10)" = -rw----r-- ]
ok $? 'a changed one keeps its permissions'
ln -s mode.img link.img
ppctlb flush link.img
[ -L link.img ] && [ -z "$(ppctlb dump -n mode.img)" ]
ok $? 'a symbolic link stays one, what it leads to is changed'
ln -s nowhere.img dangling.img
says 'a symbolic link that leads nowhere' 1 'dangling.img: No such file' ppctlb new -c 440 dangling.img
says 'no such folder' 1 'No such file' ppctlb new -c 440 nowhere/x.img
says 'a device' 1 'not a regular file' ppctlb new -c 440 /dev/null
says 'a folder' 1 'not a regular file' ppctlb new -c 440 .
mkfifo fifo.img
says 'a pipe' 1 'not a regular file' ppctlb new -c 440 fifo.img
long=$(printf '%0255d' 0)
gives 'the longest name' 0 '' ppctlb new -c 440 $long
says 'a longer one' 1 'too long' ppctlb new -c 440 ${long}0
cp good.img limited.img
(ulimit -f 4; ppctlb flush limited.img) >out 2>err
[ $? -eq 1 ] && grep -q 'limited.img: File too large' err && cmp -s limited.img good.img
ok $? 'no room for the new one: the old one stays'
[ -z "$(find . -name '.ppctlb.*')" ]
ok $? 'no temporary file is left'

# ---- killed, or failed, in the midst of writing ----

# traced OPTION...: an image is flushed under strace. No shell script in between, as libtool's is.
real=$build/.libs/ppctlb
[ -x "$real" ] || real=$build/ppctlb
traced() {
	cp good.img kill.img
	ASAN_OPTIONS=detect_leaks=0 LD_LIBRARY_PATH=$build/.libs strace -o trace "$@" "$real" flush kill.img >out 2>err
}

# An emulator's system calls are not those of what it runs.
can_trace() { [ -z "${EMULATOR:-}" ] && strace -o /dev/null true 2>/dev/null; }

# flush_with CALL WHAT: with a system call made to fail, or a signal sent at it.
flush_with() {
	traced -e trace=$1 -e inject=$1:$2
}

# injected NAME STATUS CALL WHAT: that fails, and leaves the old image alone.
injected() {
	flush_with $3 $4
	status=$?
	cmp -s kill.img good.img && [ $status -eq $2 ] && [ -z "$(find . -name '.ppctlb.*')" ]
	ok $? "$1"
}
if can_trace; then
	injected 'a disk that is full' 1 write error=ENOSPC:when=1
	grep -q 'kill.img: No space left on device' err
	ok $? 'is told'
	injected 'a disk that fails when it is synced' 1 fsync error=EIO:when=1
	grep -q 'kill.img: Input/output error' err
	ok $? 'is told'
	injected 'a file that cannot be renamed' 1 /^rename error=EACCES
	injected 'permissions that cannot be kept' 1 fchmod error=EPERM
else
	skip 'killed, or failed, in the midst of writing' 'no strace, it may not trace, or an emulator runs the tool'
fi

# ---- killed at any time ----

# sweep SIGNAL STATUS: sent on entry to each system call of a flush, from its first look at the path to its last. One
# letter for each in $seen: the image is the (o)ld one, the (n)ew one or (b)ad, as it is where the tool lived on or, not
# killed by force, left a file.
sweep() {
	seen=
	while read -r call when; do
		flush_with $call signal=$1:when=$when 2>/dev/null
		status=$?
		left=$(find . -name '.ppctlb.*')
		rm -f .ppctlb.*
		if [ $status -ne $2 ] || { [ $1 != KILL ] && [ -n "$left" ]; }; then
			seen=${seen}b
		elif cmp -s kill.img good.img; then
			seen=${seen}o
		elif cmp -s kill.img flushed.img; then
			seen=${seen}n
		else
			seen=${seen}b
		fi
	done <steps
	echo "# $1: $seen"
	expr "$seen" : 'oo*nn*$' >/dev/null
}
if can_trace; then
	cp good.img flushed.img
	ppctlb flush flushed.img
	traced
	# not those for memory: where it is, another run may have more or fewer of them
	awk -F'(' '{ seen[$1]++ } $1 == "flock" { on = 1 }
		on && /^[a-z].* = / && !/^(exit|brk|mmap|munmap|mremap|mprotect|madvise|getrandom)/ { print $1, seen[$1] }' trace >steps
	grep -q '^rename' steps
	ok $? 'the steps of a write are known'
	sweep KILL 137
	ok $? 'killed by force at any step it leaves the old image or the new one'
	sweep TERM 143
	ok $? 'ended by a signal at any step, too, and no other file'
else
	skip 'killed at any step it leaves the old image or the new one' 'no strace, it may not trace, or an emulator runs the tool'
fi
finish
