# SPDX-License-Identifier: GPL-2.0-or-later
# For build-qemu: sources from Debian's registry, and the libraries that QEMU needs, for another machine.
# What is kept of them is found by this file's text, so that it has nothing that concerns QEMU only.

host=${CROSS_HOST:-powerpc-linux-gnu}
linux=$(find /usr/src -name 'linux-source-*.tar.xz' | sort -V | tail -n 1)
jobs=-j$(nproc)

say() { printf '>> %s\n' "$*" >&2; }
die() { printf 'build-qemu: %s\n' "$*" >&2; exit 1; }
# What cannot be had here is no failure; whoever calls this skips, and says what is printed.
give_up() { printf '%s\n' "$*"; exit 77; }

# ---- what is kept ----

leave() {
	status=$?
	[ $status -eq 0 ] || [ $status -eq 77 ] || tail -n 40 "$work/log" >&2
	rm -rf "$work"
}

# kept NAME FUNCTION: the folder of that name in the cache, which the function makes in $work/done if it is not there.
# The function runs with "set -e" in force: a command that fails ends all, with the end of $work/log.
kept() {
	[ ! -d "$cache/$1" ] || return 0
	work=$(mktemp -d "$cache/.build.XXXXXX")
	: >"$work/log"
	trap leave EXIT
	trap 'exit 130' HUP INT TERM
	"$2"
	mv "$work/done" "$cache/$1"
	rm -rf "$work"
	trap - EXIT
	say "kept in $cache/$1"
}

# ---- sources ----

# source_list CODENAME TYPE: the machine's own sources of its release, as those of that one; TYPE: deb, deb-src.
source_list() {
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u -k2 |
		awk -v own="$own" -v wanted="$1" -v type="$2" '$2 == own || index($2, own "-") == 1 {
			sub("^" own, wanted, $2)
			print type " [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $1 " " $2 " main"
		}'
}

# An apt whose lists and files are its own. The system's does not change.
private_apt() {
	(
		cd "$work/done"
		apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
			-o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User= "$@" >>"$work/log" 2>&1
	) || give_up "the archive does not give sources of QEMU and its libraries: $(grep '^[EW]: ' "$work/log" | tail -n 1)"
}

# begin_fetching CODENAME TYPE
begin_fetching() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/done"
	source_list "$@" >"$work/sources.list"
	[ -s "$work/sources.list" ] || give_up "apt has no source here that is of $own"
	private_apt update
}

fetch_qemu() {
	say "fetching the source of QEMU $version"
	begin_fetching "$codename" deb-src
	private_apt source --download-only qemu
}

# QEMU 10.0 wants a newer one than Debian 12's. It is Python's text, for every machine.
fetch_meson() {
	say "fetching meson of Debian $debian"
	begin_fetching "$codename" deb
	private_apt download meson
}

# Those of Debian 12 serve every QEMU. Of pcre2 the version is named, since the security archive has a newer one without
# its upstream tarball. Linux has a copy of libfdt; its source package is here for the kernel of the tests.
fetch_libraries() {
	[ -r "$linux" ] || die "there is no /usr/src/linux-source-*.tar.xz: install linux-source"
	say "fetching the sources of the libraries that QEMU needs"
	begin_fetching bookworm deb-src
	private_apt source --download-only glib2.0
	private_apt source --download-only --tar-only pixman pcre2=10.42-1 zlib libffi
	mkdir "$work/linux"
	tar -C "$work/linux" --strip-components=3 -xJf "$linux" --wildcards '*/scripts/dtc/libfdt/*'
	tar -C "$work/linux" -czf "$work/done/libfdt_linux.orig.tar.gz" libfdt
}

# ---- libraries ----

# Unpacks the one upstream tarball of that name into a folder of that name.
unpack() {
	mkdir "$work/$1"
	tar -C "$work/$1" --strip-components=1 -xf "$libraries/$1"_*.orig.tar.*
}

# build_library NAME COMMAND...: runs it in the library's source folder.
build_library() {
	name=$1
	shift
	say "compiling $name"
	(cd "$work/$name" && "$@") >>"$work/log" 2>&1
}

make_install() {
	make "$jobs"
	make install DESTDIR="$work/done"
}

autotools() {
	unpack "$1"
	build_library "$@"
}

with_configure() {
	./configure --host="$host" --prefix=/usr/local --disable-static "$@"
	make_install
}

# It takes back the size of file offsets, without which Debian 13's compiler may not have its size of times.
zlib() {
	CFLAGS='-O2 -U_TIME_BITS' CHOST=$host ./configure --prefix=/usr/local --shared
	make_install
}

libfdt() {
	"$host-gcc" -O2 -fPIC -shared -I. -Wl,-soname,libfdt.so.1 -o libfdt.so.1 fdt*.c
	install -d "$work/done/usr/local/include" "$work/done/usr/local/lib/pkgconfig"
	install -m 644 fdt.h libfdt.h libfdt_env.h "$work/done/usr/local/include"
	install libfdt.so.1 "$work/done/usr/local/lib"
	ln -sf libfdt.so.1 "$work/done/usr/local/lib/libfdt.so"
	cat >"$work/done/usr/local/lib/pkgconfig/libfdt.pc" <<-PC
		Name: libfdt
		Description: device trees
		Version: 1.6.1
		Libs: -L/usr/local/lib -lfdt
		Cflags: -I/usr/local/include
	PC
}

cross_file() {
	case $host in
	powerpc64le-*) family=ppc64 endian=little ;;
	*) family=ppc endian=big ;;
	esac
	cat <<-FILE
		[binaries]
		c = '$host-gcc'
		cpp = '$host-g++'
		ar = '$host-ar'
		strip = '$host-strip'
		pkgconfig = 'pkg-config'
		[host_machine]
		system = 'linux'
		cpu_family = '$family'
		cpu = '$family'
		endian = '$endian'
	FILE
}

# QEMU wants glib, gmodule and gthread; gobject and gio are most of the work.
glib() {
	cross_file >cross
	sed -i -E "/^subdir\('(gobject|gio|fuzzing|tools)'\)/d" meson.build
	PKG_CONFIG_LIBDIR=$work/done/usr/local/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/done \
		meson setup build --cross-file cross --prefix=/usr/local --libdir=lib --buildtype=release \
		--wrap-mode=nodownload -Dtests=false -Dnls=disabled -Dselinux=disabled -Dxattr=false -Dlibmount=disabled \
		-Dlibelf=disabled -Dglib_debug=disabled
	DESTDIR=$work/done meson install -C build
}

build_sysroot() {
	say "building libraries for $host"
	autotools libffi with_configure
	autotools zlib zlib
	autotools libfdt libfdt
	autotools pcre2 with_configure
	autotools pixman with_configure --disable-gtk --disable-libpng
	dpkg-source --no-check -x "$libraries"/glib2.0_*.dsc "$work/glib" >>"$work/log" 2>&1
	build_library glib glib
	find "$work/done" -name '*.la' -delete
}
