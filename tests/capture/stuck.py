# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that nobody can read: a shared mapping of a file whose file system never answers a read."""
import ctypes
import mmap
import os
import struct
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
LOOKUP, GETATTR, OPEN, READ, INIT = 1, 3, 14, 15, 26
SECONDS = 8
DIRECTORY, FILE = 0o040755, 0o100666


def attributes(number, mode, size):
    return struct.pack('=6Q10I', number, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def reply(opcode, node, size):
    """What a file system with the one file "zero" says."""
    if opcode == INIT:
        return struct.pack('=4I2H2I2H8I', 7, 31, 65536, 0, 1, 1, 4096, 0, 1, 0, *[0] * 8)
    if opcode == LOOKUP:
        return struct.pack('=4Q2I', 2, 0, 3600, 3600, 0, 0) + attributes(2, FILE, size)
    if opcode == GETATTR:
        return struct.pack('=Q2I', 3600, 0, 0) + (attributes(1, DIRECTORY, 0) if node == 1 else attributes(2, FILE, size))
    if opcode == OPEN:
        return struct.pack('=QIi', 0, 0, 0)
    return None


def serve(device, size):
    while True:
        request = os.read(device, 1 << 17)
        _, opcode, unique, node = struct.unpack_from('=IIQQ', request)
        if opcode == READ:
            # no signal ends who waits here: let him go some time
            time.sleep(SECONDS)
            os._exit(0)
        body = reply(opcode, node, size)
        os.write(device, struct.pack('=IiQ', 16 + len(body or b''), 0 if body else -38, unique) + (body or b''))


def own_mounts():
    """A view of the mounts of its own; as root of a user namespace where it is no root."""
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWNS | (CLONE_NEWUSER if user else 0)):
        raise OSError(ctypes.get_errno(), 'unshare')
    if user:
        for name, text in ('setgroups', 'deny'), ('uid_map', '0 %d 1' % user), ('gid_map', '0 %d 1' % group):
            with open('/proc/self/' + name, 'w') as f:
                f.write(text)
    LIBC.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None)


def mapping(size):
    """The mapping, named as an anonymous shared one is; the size is that of whole pages. OSError: not allowed here."""
    own_mounts()
    device = os.open('/dev/fuse', os.O_RDWR) # by the user namespace that mounts it
    options = b'fd=%d,rootmode=40000,user_id=0,group_id=0' % device
    if LIBC.mount(b'stuck', b'/dev', b'fuse', 0, options):
        raise OSError(ctypes.get_errno(), 'mount')
    if os.fork() == 0:
        os.closerange(0, device)
        os.closerange(device + 1, 1024)
        serve(device, size)
    os.close(device)
    file = os.open('/dev/zero', os.O_RDWR)
    return mmap.mmap(file, size)
