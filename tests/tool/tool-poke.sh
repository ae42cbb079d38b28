# SPDX-License-Identifier: GPL-2.0-or-later
# Writes bytes into images where the tool itself never would.

# Hexadecimal digits to bytes.
bytes() {
	printf "$(printf '%s\n' "$1" | awk '{
		for (i = 1; i < length($0); i += 2)
			printf "\\%03o", 16 * (index("0123456789abcdef", substr($0, i, 1)) - 1) + \
				index("0123456789abcdef", substr($0, i + 1, 1)) - 1 }')"
}

# poke IMAGE OFFSET HEX: other bytes in an image, and the checksum that goes with them; gzip computes the same one.
poke() {
	bytes "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
	length=$(($(wc -c <"$1") - 4))
	sum=$(head -c $length "$1" | gzip -c | tail -c 8 | head -c 4 | od -An -tx1 |
		sed 's/ *\(..\) \(..\) \(..\) \(..\)/\4\3\2\1/')
	bytes "$sum" | dd of="$1" bs=1 seek=$length conv=notrunc 2>/dev/null
}

# poke_entry IMAGE N WORD WORD WORD WORD: raw words of entry n in the kernel's order.
poke_entry() {
	poke "$1" $((56 + 32 * $2)) "$(printf '%016x%016x%016x%016x' "0x$3" "0x$4" "0x$5" "0x$6")"
}
