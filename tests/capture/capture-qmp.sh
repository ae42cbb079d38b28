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
	rm -f "$work/qmp" no.img
	start python3 "$source/tests/capture/qmp.py" fake "$work/qmp" "$1"
}

# bad MODE PATTERN [LAST]: capture fails soon, in those words; LAST is the last command that the QEMU got.
bad() {
	fake "$1"
	began=$(date +%s)
	says "$1" 1 "$2" ppctlb capture --timeout 1 --qmp "$work/qmp" no.img
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
bad bad-json 'invalid JSON from QEMU' 'cont '
bad deep 'invalid JSON from QEMU' 'cont '
bad endless 'a message of more than 16 MiB' 'cont '
grep -q 'the guest was stopped and may stand still' "$work/err"
ok $? 'endless: no answer says that it runs on, which is told'

# ---- which array in its memory it is ----

# takes MODE PATTERN ENTRY...: capture works, says that, and has those entries.
takes() {
	fake "$1"
	says "$1: taken" 0 "$2" ppctlb capture --timeout 5 --qmp "$work/qmp" taken.img
	stop
	name=$1
	shift 2
	printf '%s\n' "$@" >want
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
takes pointed "$still" 0:0=00000000,726568746f,00000000,00000000 "$valid" "$invalid"
takes twice 'only what info tlb shows is taken: several arrays .* differ' $rows
takes no-array 'only what info tlb shows is taken: nothing in the memory of the process that listens fits it' $rows
takes changes 'only what info tlb shows is taken: nothing in the memory' $rows
takes unmaps 'only what info tlb shows is taken: nothing in the memory' $rows
takes too-many 'only what info tlb shows is taken: .* too many allocations of that size' $rows
marks 'rows alone: marked' taken.img 'slot, iprot, x0,x1, invalid entries, low rpn bits, reserved bits'
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
# Signals that stop a process, or end it unasked for, wait until the guest runs on.
told() { grep -q "^$1" "$work/printed"; }
# It has stopped, or it has ended; the shell may have noticed that already.
counts() { [ ! -d "/proc/$pid" ] || grep -qE '^State:[[:space:]]*(T|Z)' "/proc/$pid/status"; }
for signal in TSTP TTOU USR1 ALRM; do
	fake late
	ppctlb capture --timeout 5 --qmp "$work/qmp" no.img 2>err &
	pid=$!
	until_true told stop
	kill -$signal $pid
	! told cont && ! counts
	ok $? "SIG$signal waits"
	until_true told cont && told cont
	ok $? "SIG$signal: the guest runs on"
	until_true counts && counts
	ok $? "SIG$signal: and then it counts"
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
