#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests verdict.awk, cross-calls, tally.awk and sum.awk: what must count as a failure does; and debian-sysroot.
set -u
here=${srcdir:-$(dirname "$0")/../..}/tests/lab
n=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; status=1; }
status=0

# verdict STATUS NAME TEXT: how the guest's output on the UART must be judged.
verdict() {
	printf '%b' "$3" | awk -f "$here/verdict.awk" >/dev/null
	if [ $? -eq "$1" ]; then ok "verdict: $2"; else not_ok "verdict: $2"; fi
}

run='### RUN tap /t\n'
verdict 0 'all planned tests passed' "${run}1..2\nok 1\nok 2\n\n### EXIT 0\n### DONE\n"
verdict 0 'the plan may come last' "${run}ok 1\n1..1\n### EXIT 0\n### DONE\n"
verdict 0 'a UART that adds carriage returns' "### RUN tap /t\r\nok 1\r\n1..1\r\n### EXIT 0\r\n### DONE\r\n"
verdict 0 'a plain program needs its exit status only' "### RUN plain /t\nhello\n### EXIT 0\n### DONE\n"
verdict 0 'an expected failure' "${run}1..1\nnot ok 1 # TODO later\n### EXIT 0\n### DONE\n"
verdict 1 'an empty file' ''
verdict 1 'no program' '### DONE\n'
verdict 1 'a failed test' "${run}1..1\nnot ok 1\n### EXIT 0\n### DONE\n"
verdict 1 'a missing test' "${run}1..2\nok 1\n### EXIT 0\n### DONE\n"
verdict 1 'a test too many' "${run}1..1\nok 1\nok 2\n### EXIT 0\n### DONE\n"
verdict 1 'no plan' "${run}ok 1\n### EXIT 0\n### DONE\n"
verdict 1 'a plan of no tests' "${run}1..0 # SKIP nothing\n### EXIT 0\n### DONE\n"
verdict 1 'good tests, bad exit status' "${run}1..1\nok 1\n### EXIT 139\n### DONE\n"
verdict 1 'a plain program that failed' "### RUN plain /t\n### EXIT 1\n### DONE\n"
verdict 1 'the guest died in a program' "${run}1..1\nok 1\n"
verdict 1 'the guest died between programs' "${run}1..1\nok 1\n### EXIT 0\n"
verdict 1 'one bad program before a good one' "### RUN plain /s\n### EXIT 1\n${run}1..1\nok 1\n### EXIT 0\n### DONE\n"

# calls STATUS NAME LOG: how qemu's log of a program's system calls must be judged.
calls() {
	printf '%b' "$3" >"$work/text"
	QEMU_PPC=$work/qemu "$here/cross-calls" "$work" /t >/dev/null
	if [ $? -eq "$1" ]; then ok "calls: $2"; else not_ok "calls: $2"; fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/qemu" <<EOF
#!/bin/sh
cat "$work/text" >"\${QEMU_LOG_FILENAME%d}1"
EOF
chmod +x "$work/qemu"
end='7 exit_group(0)\n'
calls 0 'old ones' "7 write(1,0x40,2) = 2\\n$end"
calls 0 'those of a newer C library that are old' "7 readlinkat(-100,0x40,0x40,9) = 9\\n7 rt_sigprocmask(0) = 0\\n$end"
calls 0 'one that glibc does without' "7 statx(3,\"\",0,0,0x40) = 0\\n7 Unknown syscall 387\\n$end"
calls 1 'a newer one' "7 memfd_create(0x40,1) = 3\\n$end"
calls 1 'a newer one of a child, in its parent'"'"'s line' "7 write(1,0x408 execveat(0x40,1) = 3\\n = 2\\n$end"
calls 1 'one that qemu has no name for' "7 Unknown syscall 435\\n$end"
calls 1 'no log' ''

# tally KIND NAME LINE: what a line of a log must count as, "" for nothing.
tally() {
	got=$(printf '%s\n' "$3" | awk -f "$here/tally.awk" | cut -f1)
	if [ "$got" = "$1" ]; then ok "tally: $2"; else not_ok "tally: $2, got '$got'"; fi
}

tally pass 'TAP ok' 'ok 1 - a'
tally pass 'TAP ok without a number' 'ok'
tally fail 'TAP not ok' 'not ok 1 - a'
tally fail 'TAP not ok without a number' 'not ok - a'
tally skip 'TAP skip' 'ok 3 - a # SKIP no KVM here'
tally skip 'a whole TAP program skipped' '1..0 # SKIP no KVM here'
tally skip 'a TAP test known to fail' 'not ok 1 - a # TODO later'
tally fail 'a TAP program that gave up' 'Bail out! no emulator'
tally pass 'harness PASS' 'PASS: tests/a 1 - b'
tally skip 'harness XFAIL' 'XFAIL: tests/a'
tally fail 'harness FAIL' 'FAIL: tests/a 1 - b'
tally fail 'harness XPASS' 'XPASS: tests/a'
tally fail 'harness ERROR' 'ERROR: tests/a - missing test plan'
tally skip 'harness SKIP' 'SKIP: tests/a 1 - b # SKIP no KVM here'
tally '' 'the harness summary' '# PASS:  12'
tally '' 'a plan' '1..12'
tally '' 'some other line' 'okay'

# sum STATUS NAME TEXT: how the output of ./bootstrap check must be judged.
sum() {
	printf '%b' "$3" | awk -f "$here/sum.awk" >/dev/null
	if [ $? -eq "$1" ]; then ok "sum: $2"; else not_ok "sum: $2"; fi
}

sum 0 'all passed' 'building\n12 passed, 0 failed, 0 skipped\n'
sum 0 'five skipped' 'skipped a  (b)\n12 passed, 0 failed, 5 skipped\n'
sum 1 'six skipped' '12 passed, 0 failed, 6 skipped\n'
sum 1 'one failed' '12 passed, 1 failed, 0 skipped\n'
sum 1 'ten failed' '12 passed, 10 failed, 0 skipped\n'
sum 1 'none passed' '0 passed, 0 failed, 0 skipped\n'
sum 1 'more behind' '12 passed, 0 failed, 0 skipped\nKilled\n'
sum 1 'it ended early' '[4/13 1:02] tests\n        12 passed, 0 failed, 0 skipped\n'
sum 1 'nothing' ''

# An archive of one package that is not where its index says, until FAILURES downloads have failed, which say SAID. What a
# sysroot takes from it, and how often the index was read, is left in $work.
mkdir "$work/bin"
cat >"$work/bin/apt-get" <<EOF
#!/bin/sh
case \$* in
*update*) echo >>"$work/updates" ;;
*--print-uris*) echo "'http://here/thing_1_s390x.deb' thing_1_s390x.deb 1 MD5:0" ;;
*download*)
	if [ "\$(wc -l <"$work/updates")" -gt "\$FAILURES" ]; then
		: >thing_1_s390x.deb
	else
		printf '%b' "\$SAID" >&2
		exit 100
	fi
	;;
esac
EOF
cat >"$work/bin/dpkg-deb" <<EOF
#!/bin/sh
echo unpacked >"\$3/\$(basename "\$2")"
EOF
chmod +x "$work"/bin/*
lacks='E: Failed to fetch http://here/thing_1_s390x.deb  404  Not Found\n'
# sysroot NAME FAILURES SAID STATUS UPDATES: it ends with that status, after so many reads of the index; it leaves a folder
# if that is 0, and nothing if it is not.
sysroot() {
	: >"$work/updates"
	rm -rf "$work/cache"
	made=$(FAILURES=$2 SAID=$3 PPCTLB_CACHE=$work/cache PATH=$work/bin:$PATH "$here/debian-sysroot" s390x thing 2>/dev/null)
	got=$?
	good=1
	[ $got -eq "$4" ] && [ "$(wc -l <"$work/updates")" -eq "$5" ] && good=0
	if [ "$4" -eq 0 ]; then
		[ -s "$made/thing_1_s390x.deb" ] || good=1
	else
		! ls -d "$work"/cache/sysroot* >/dev/null 2>&1 || good=1
	fi
	if [ $good -eq 0 ]; then ok "sysroot: $1"; else not_ok "sysroot: $1"; fi
}

sysroot 'a package is unpacked' 0 '' 0 1
sysroot 'a second try' 1 "$lacks" 0 2
sysroot 'no third try, and no folder' 2 'E: Temporary failure resolving here\n' 1 2
sysroot 'what failed without a word has failed' 2 '' 1 2
sysroot 'one that lacks a file, and failed otherwise' 2 "${lacks}E: Connection failed\n" 1 2
sysroot 'an archive that lacks what it lists' 2 "$lacks" 77 2
case $made in
*': thing, 1 in all') ok 'sysroot: which is named' ;;
*) not_ok 'sysroot: which is named' ;;
esac

echo "1..$n"
exit $status
