# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fresh roots of a Debian release, and what runs in them. To be sourced; whoever does sets `suite`, and has to be root.
# Packages come from where this machine gets its own. A root of the release and the packages are kept in the cache.

: "${suite:?}"
cache=${PPCTLB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ppctlb}/packages
archives=$cache/archives

# The archive of the suite, or else of this machine's release, that apt has here.
archive() {
	local own
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # for apt-get
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
		awk -v suite="$suite" -v own="$own" '$1 == own && !here { here = $2 } $1 == suite && !there { there = $2 }
			END { print there ? there : here }'
}

# base_root: makes $cache/$suite unless it is there, with packages lists of today.
base_root() {
	mkdir -p "$archives/partial"
	if [[ ! -e $cache/$suite ]]; then
		rm -rf --one-file-system "$cache/$suite.new"
		debootstrap --variant=minbase --cache-dir="$archives" "$suite" "$cache/$suite.new" "$(archive)"
		# Nobody waits for the disk of a root that is thrown away.
		echo force-unsafe-io >"$cache/$suite.new/etc/dpkg/dpkg.cfg.d/unsafe-io"
		apt-config dump Acquire >"$cache/$suite.new/etc/apt/apt.conf.d/machine"
		echo 'APT::Install-Recommends "false";' >>"$cache/$suite.new/etc/apt/apt.conf.d/machine"
		chroot "$cache/$suite.new" useradd -m user
		mv "$cache/$suite.new" "$cache/$suite"
	fi
	in_root "$cache/$suite" root 'apt-get -q update'
}

# new_root DIR: a copy of it.
new_root() {
	rm -rf --one-file-system "$1"
	cp -a --reflink=auto "$cache/$suite" "$1"
}

# with_mounts ROOT COMMAND...: a command of this machine, while the root has what a running system has. It and all that
# it leaves running end together; the shell in between stays root, and so is killed with unshare.
with_mounts() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork --kill-child --propagation private ${isolated:+--net} sh -euc '
		root=$1 archives=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount -t sysfs sysfs "$root/sys"
		mount --rbind /dev "$root/dev"
		mount --bind "$archives" "$root/var/cache/apt/archives"
		"$@" || exit' sh "$1" "$archives" "${@:2}" </dev/null
}

# in_root ROOT USER COMMAND: a line for the shell, in the user's home.
in_root() {
	with_mounts "$1" chroot --userspec="$2:$2" "$1" env -i HOME="$(home_of "$2")" USER="$2" TERM=dumb LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		sh -ec "cd; $3"
}

home_of() { if [[ $1 == root ]]; then echo /root; else echo "/home/$1"; fi; }

# offline ROOT USER COMMAND: the same without a network.
offline() { isolated=1 in_root "$@"; }
