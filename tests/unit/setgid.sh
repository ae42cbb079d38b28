#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A setgid program obeys none of the four environment variables. TAP.
set -u
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# result PROGRAM VARIABLE...: it ran to its end and obeys these.
result() {
	got=$("$1" "$here/.libs"; echo "exit $?")
	shift
	want=$(printf '%s\n' "$@" 'done' 'exit 0')
	[ "$got" = "$want" ] || { echo "$got" | sed 's/^/# /'; printf 'not '; }
}

echo 1..2
export LC_ALL=C
unset PPCTLB_BACKEND PPCTLB_BACKEND_PATH PPCTLB_MOCK PPCTLB_DEBUG
result tests/unit/setgid PPCTLB_BACKEND_PATH PPCTLB_BACKEND PPCTLB_MOCK PPCTLB_DEBUG
echo 'ok 1 - an ordinary program listens to all four variables'

# Any other group of this user will do; root has them all.
group=$(id -G | tr ' ' '\n' | grep -vx "$(id -g)" | head -n 1)
[ "$(id -u)" -ne 0 ] || group=65534
program=tests/unit/setgid
[ ! -x tests/unit/.libs/setgid ] || program=tests/unit/.libs/setgid
chmod 755 "$work" # mktemp's folder: the group must reach it
if [ -z "$group" ] || ! cp "$program" "$work/secure" || ! chgrp "$group" "$work/secure" ||
	! chmod 2755 "$work/secure"; then
	echo 'ok 2 - a setgid program listens to none # SKIP no second group to set'
elif findmnt -n -o OPTIONS -T "$work" 2>/dev/null | grep -qw nosuid; then
	echo "ok 2 - a setgid program listens to none # SKIP $work is mounted nosuid"
elif grep -q '^NoNewPrivs:.*1' /proc/self/status 2>/dev/null; then
	echo 'ok 2 - a setgid program listens to none # SKIP no_new_privs: there are no setgid programs here'
elif [ "${SANITIZER_FLAGS-}" ] && [ "$(id -u)" -ne 0 ]; then
	# they read /proc/self/maps, which such a process of an ordinary user may not
	echo 'ok 2 - a setgid program listens to none # SKIP sanitizers do not start in one'
else
	result "$work/secure"
	echo 'ok 2 - a setgid program listens to none'
fi
