#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb capture when something is wrong: sockets of other programs, QEMUs of other kinds, answers that never come or
# make no sense, signals. It must say what is wrong, leave no image, and let a guest that it stopped run on.
. "${srcdir:-.}/tests/capture/capture-common.sh"
if ! command -v python3 >/dev/null; then
	skip 'capture from bad sockets' 'no python3'
	finish
fi

# fake MODE: start a QEMU of that kind; its commands are in $work/printed.
fake() {
	rm -f "$work/qmp" "$work/qmp.go" no.img
	start python3 "$source/tests/capture/qmp.py" fake "$work/qmp" "$1"
}

seconds=1
# bad MODE PATTERN [LAST]: capture fails soon, in those words; LAST is the last command that the QEMU got.
bad() {
	fake "$1"
	began=$(date +%s)
	says "$1" 1 "$2" ppctlb capture --timeout $seconds --qmp "$work/qmp" no.img
	[ $(($(date +%s) - began)) -le 6 ] && [ ! -e no.img ]
	ok $? "$1: soon, and no image"
	kill $stage 2>/dev/null
	stop 2>/dev/null
	[ -z "${3:-}" ] && return
	[ "$(tail -n 1 "$work/printed")" = "$3" ]
	good=$?
	[ $good -eq 0 ] || sed 's/^/# told: /' "$work/printed"
	ok $good "$1: the last it is told: $3"
}

says 'no such socket' 1 'none: No such file' ppctlb capture --qmp none no.img
: >file
says 'no socket' 1 'file: Connection refused' ppctlb capture --qmp file no.img
says 'a path too long' 1 'longer than the 107 bytes' ppctlb capture --qmp "$(printf '%0200d' 0)" no.img
says 'no time' 2 'timeout' ppctlb capture --timeout x --qmp file no.img
bad monitor 'not a QMP socket: no JSON comes from it'
bad number 'not a QMP socket: it does not greet as QEMU does'
bad silent 'no QMP greeting within 1 seconds; does another client hold this socket?'
bad closes-at-once 'closed without a QMP greeting\|reset by peer'
bad x86 'CPU 0 is x86_64, not PowerPC' 'query-cpus-fast '
bad other-mmu "no Book E core .*'HTAB base 0'" 'human-monitor-command info registers'
bad odd-tlb "line 5 of info tlb is not understood: it is none of info tlb" 'cont '
bad many-rows 'info tlb is not understood: more rows than this CPU has entries' 'cont '
bad odd-geometry 'TLB0CFG 0x00000000 is no geometry' 'human-monitor-command info registers'
bad refuses 'QEMU refuses human-monitor-command: not today' 'cont '
bad hangs 'no answer from QEMU within 1 seconds' 'cont '
bad late 'no answer from QEMU within 1 seconds' 'cont '
bad closes 'QEMU closed the connection' 'human-monitor-command info tlb'
grep -q 'the guest was stopped and may stand still' "$work/err"
ok $? 'closes: what that may mean is told'
seconds=4
# a sanitizer takes its time for so much
bad many-values 'a message of more than 16 MiB or 262144 values' 'human-monitor-command info tlb'
# these two take half a second to hear cont, and then end the connection
bad bad-json 'invalid JSON from QEMU' 'cont '
bad deep 'invalid JSON from QEMU' 'cont '
bad endless 'a message of more than 16 MiB' 'cont '
grep -q 'the guest was stopped and may stand still' "$work/err"
ok $? 'endless: no answer says that it runs on, which is told'
seconds=1

# ---- which array in its memory it is ----

# takes MODE PATTERN ENTRY...: capture works, says that, and has those entries.
takes() {
	fake "$1"
	says "$1: taken" 0 "$2" ppctlb capture --timeout 60 --qmp "$work/qmp" taken.img
	stop
	name=$1
	shift 2
	for entry; do echo "$entry"; done >want
	ppctlb dump --all -n -o ENTRY taken.img | grep -v '=00000000,00000000,00000000,00000000$' >got
	same "$name: the entries" want got
}
valid=1:3=c0010900,c0000004,00000015,00000000
invalid=1:5=40010900,d0000004,00000015,00000000
rows=1:0=80010900,c0000004,00000015,00000000
still='the guest stood still for [0-9.]* ms$'
takes good "$still" "$valid" "$invalid"
[ "$(sed -n '/^stop/,$p' "$work/printed" | paste -sd ,)" = 'stop ,human-monitor-command info tlb,cont ' ]
ok $? 'two answers while the guest stands still, and cont'
takes slow "$still" "$valid" "$invalid"
takes events "$still" "$valid" "$invalid"
takes own-mapping "$still" "$valid" "$invalid"
takes many-findings "$still" "$valid" "$invalid"
takes pointed "$still" 0:0=00000000,726568746f,00000000,00000000 "$valid" "$invalid"
takes twice 'only what info tlb shows is taken: several arrays .* differ' $rows
takes no-array 'only what info tlb shows is taken: nothing in the memory of the process that listens fits it' $rows
takes changes 'only what info tlb shows is taken: nothing in the memory' $rows
takes unmaps 'only what info tlb shows is taken: nothing in the memory' $rows
takes no-rows 'only what info tlb shows is taken: it shows no entry by which'
takes empty "$still"
takes handed 'only what info tlb shows is taken: nothing in the memory of the process that listens fits it' $rows
takes large-heap 'only what info tlb shows is taken: the heap .* is too large' $rows
takes false-geometry 'only what info tlb shows is taken: nothing in the memory' $rows
takes heir 'only what info tlb shows is taken: the process that listens cannot be seen from here: run ppctlb on its host' $rows
takes too-many 'only what info tlb shows is taken: .* too many allocations of that size' $rows
marks 'rows alone: marked' taken.img 'slot, iprot, x0,x1, invalid entries, low rpn bits, reserved bits'
fake flips
ppctlb capture --timeout 5 --qmp "$work/qmp" taken.img 2>err
ok $? 'memory that changes all the time'
stop
gives 'it has what was valid' 0 "$valid" ppctlb dump -n -o ENTRY taken.img
fake paused
ppctlb capture --timeout 5 --qmp "$work/qmp" taken.img 2>err
ok $? 'paused'
stop
grep -q '^stop\|^cont' "$work/printed" || grep -q 'stood still' err
ok $((! $?)) 'paused: neither stopped nor continued'
# a process whose memory only root may read, and a root that may not read that of others
without='setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace'
[ "$(id -u)" = 0 ] || without=
# shellcheck disable=SC2086 # a command, or none
if $without true 2>/dev/null; then
	fake secret
	says 'memory that may not be read' 0 'only what info tlb shows is taken: .* may not be read: be root, or its user' \
		$without ppctlb capture --timeout 5 --qmp "$work/qmp" taken.img
	stop
else
	skip 'memory that may not be read' 'no setpriv'
fi

# Whatever it does not answer: the tool ends in its time, and what was stopped is told to run on.
python3 "$source/tests/capture/qmp.py" blocks ppctlb >blocked
ok $? 'a peer that blocks at each command'
while read -r result; do
	case $result in good*) good=0 ;; *) good=1 ;; esac
	ok $good "blocks at $result"
done <blocked
[ "$(wc -l <blocked)" -eq 8 ]
ok $? 'these are eight'

# A file that may not grow: nothing can be written, no message either.
fake good
(ulimit -f 0 && exec ppctlb capture --timeout 5 --qmp "$work/qmp" no.img) 2>err
[ $? -eq 1 ] && [ ! -e no.img ]
ok $? 'a full disk'
stop
[ "$(tail -n 1 "$work/printed")" = 'cont ' ]
ok $? 'a full disk: the guest runs on'

# memory of which a read never ends, and a terminal that takes no output; in a chroot its name is another one from here
if fake stuck && grep -q ' /dev/zero$' "/proc/$stage/maps"; then
	began=$(date +%s)
	says 'stuck: taken' 0 'only what info tlb shows is taken: reading the memory .* takes too long' \
		timeout 20 ppctlb capture --timeout 3 --qmp "$work/qmp" taken.img
	[ $(($(date +%s) - began)) -le 6 ]
	ok $? 'stuck: in its time'
	[ "$(tail -n 1 "$work/printed")" = 'cont ' ]
	ok $? 'stuck: the guest runs on'
else
	skip 'stuck' 'no FUSE for this user, or a chroot'
fi
kill $stage 2>/dev/null
stop 2>/dev/null
fake hangs
mkfifo full
python3 "$source/tests/capture/qmp.py" full full ppctlb capture --timeout 1 --qmp "$work/qmp" no.img &
pid=$!
until_true grep -q '^cont' "$work/printed" && grep -q '^cont' "$work/printed"
ok $? 'standard error that nobody reads: the guest runs on'
kill -KILL $pid
kill $stage 2>/dev/null
wait $pid
stop 2>/dev/null

for signal in INT TERM HUP QUIT; do
	fake hangs
	# a shell has its background jobs ignore INT, and nohup all it starts ignore HUP
	python3 -c 'import os, signal, sys; signal.signal(signal.SIG'$signal', signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' \
		ppctlb capture --qmp "$work/qmp" no.img 2>err &
	pid=$!
	until_true grep -q '^stop' "$work/printed"
	kill -$signal $pid
	wait $pid
	status=$?
	[ $status -gt 128 ] && grep -q interrupted err && [ ! -e no.img ]
	ok $? "SIG$signal ends it by that signal: status $status"
	stop
	[ "$(tail -n 1 "$work/printed")" = 'cont ' ]
	ok $? "SIG$signal: the guest runs on"
done
# Signals that stop a process, or end it unasked for, wait until the guest runs on: Ctrl-Z, and all but the four above and
# those two that nothing can hold.
told() { grep -q "^$1" "$work/printed"; }
# It has stopped, or it has ended; the shell may have noticed that already.
counts() { [ ! -d "/proc/$pid" ] || grep -qE '^State:[[:space:]]*(T|Z)' "/proc/$pid/status"; }
for signals in 20 "$(seq 1 64 | grep -vxE '1|2|3|9|15|19|20' | paste -sd ' ')"; do
	fake waits
	ppctlb capture --timeout 60 --qmp "$work/qmp" no.img 2>err &
	pid=$!
	until_true told stop
	# not with the shell's kill, which does not know each
	python3 -c 'import os, sys; [os.kill(int(sys.argv[1]), int(s)) for s in sys.argv[2:]]' $pid $signals
	! told cont && ! counts
	ok $? "signals wait: $signals"
	: >"$work/qmp.go"
	until_true told cont && told cont
	ok $? "the guest runs on"
	until_true counts && counts
	ok $? "and then they count"
	kill -CONT $pid 2>/dev/null
	wait $pid
	stop
done

# ---- real machines ----

# machine SECONDS QEMU ARGUMENT...: run it for so long, with QMP at $work/qmp.
machine() {
	rm -f "$work/qmp"
	limit=$1
	shift
	timeout "$limit" "$@" -display none -nodefaults -serial null -qmp "unix:$work/qmp,server=on,wait=off" \
		>"$work/stage-err" 2>&1 </dev/null &
	stage=$!
	until_true [ -S "$work/qmp" ]
}
end() {
	kill $stage
	wait $stage 2>/dev/null
}

if ! command -v qemu-system-ppc >/dev/null; then
	skip 'real machines' 'no qemu-system-ppc'
	finish
fi
machine 60 qemu-system-ppc -M g3beige -S
says 'a machine that is not Book E' 1 'the CPU with PVR 0x[0-9a-f]* is no Book E core' \
	ppctlb capture --qmp "$work/qmp" no.img
end

machine 60 qemu-system-ppc -M bamboo -S -monitor "unix:$work/hmp,server=on,wait=off"
says 'a human monitor' 1 'not a QMP socket' ppctlb capture --timeout 5 --qmp "$work/hmp" no.img
ppctlb capture --qmp "$work/qmp" reset.img 2>err
ok $? 'bamboo at reset'
{
	ppctlb plan -c 440 0:0:2G:sr,sw,sx
	ppctlb plan -c 440 0x80000000:0x80000000:2G:sr,sw,sx
} >want
ppctlb dump -n -o MAPPING reset.img >got
same 'bamboo at reset: its two entries of 2G as legal pages' want got
grep -q '2 entries of illegal size were split into several pages$' err
ok $? 'that is said'
qmp ask "$work/qmp" query-status | grep -q '"status": "prelaunch"'
ok $? 'it was not started'
# another client holds the socket
mkfifo "$work/hold"
python3 "$source/tests/capture/qmp.py" hold "$work/qmp" <"$work/hold" >held &
holder=$!
exec 7>"$work/hold"
until_true grep -q ready held
says 'another client holds the socket' 1 'does another client hold this socket?' \
	ppctlb capture --timeout 1 --qmp "$work/qmp" no.img
exec 7>&-
wait $holder
end

# How much of its memory is read: its heap, once or twice, not the guest's RAM.
bytes_read() {
	machine 60 qemu-system-ppc -M ppce500 -cpu e500v2 -m "$1" -S -kernel "$build/tests/oracle/stub-e500.elf" \
		-object "memory-backend-ram,id=ram,size=$1M,prealloc=on" -machine memory-backend=ram
	# what looks for leaks does not work beside strace
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=pread64 -e signal=none -o trace \
		"$(command -v ppctlb)" capture --qmp "$work/qmp" live.img 2>err
	good=$?
	end
	[ $good -eq 0 ] && ! grep -q 'only what' err && awk '{ sum += $NF } END { print sum }' trace
}
if strace -o trace true 2>/dev/null && [ -r "$build/tests/oracle/stub-e500.elf" ]; then
	small=$(bytes_read 64) large=$(bytes_read 512)
	[ "${small:-0}" -gt 12672 ] && [ "${large:-0}" -gt 12672 ] && [ $((large - small)) -lt 64000000 ]
	ok $? "with 64M of RAM and with 512M no more is read but the heap: $small, $large bytes"
else
	skip 'how much is read' 'no strace, or it may not trace'
fi

# At reset the second CPU of ppce500 has no entry; the first has the one that ePAPR demands.
kernel=$build/tests/oracle/stub-e500.elf
if [ -r "$kernel" ]; then
	machine 60 qemu-system-ppc -M ppce500 -cpu e500v2 -m 256 -smp 2 -S -kernel "$kernel"
	ppctlb capture --qmp "$work/qmp" cpu0.img 2>/dev/null && ppctlb capture --cpu 1 --qmp "$work/qmp" cpu1.img 2>/dev/null
	ok $? 'two CPUs'
	gives 'CPU 0 has a TLB of its own' 0 1 sh -c 'ppctlb dump -n -o ENTRY cpu0.img | wc -l'
	gives 'and so has CPU 1' 0 0 sh -c 'ppctlb dump -n -o ENTRY cpu1.img | wc -l'
	says 'no such CPU' 1 'there is no CPU 2: 2 CPUs, counted from 0' \
		ppctlb capture --cpu 2 --qmp "$work/qmp" no.img
	end
else
	skip 'two CPUs' "no $kernel"
fi
finish
