#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints a line for each painted shape of an SVG, however its writer spells it (CSS or attributes, path or rect):
fill=R,G,B/ALPHA stroke=R,G,B left=X top=Y height=HEIGHT, colours in per cent or "none"; the place is its left edge's."""
import re
import sys
import xml.etree.ElementTree as tree

SVG = '{http://www.w3.org/2000/svg}'


def styles(element):
    style = dict(element.attrib)
    for rule in element.get('style', '').split(';'):
        if ':' in rule:
            name, value = rule.split(':', 1)
            style[name.strip()] = value.strip()
    return style


def colour(text):
    if not text or text == 'none':
        return 'none'
    numbers = re.findall(r'[\d.]+', text)
    if '%' not in text and not text.startswith('rgb('):
        return text
    scale = 1 if '%' in text else 100 / 255
    return ','.join(str(round(float(n) * scale)) for n in numbers[:3])


def left_edge(element):
    if element.tag == SVG + 'rect':
        return [float(element.get(name, 0)) for name in ('x', 'y', 'height')]
    numbers = [float(n) for n in re.findall(r'-?[\d.]+', element.get('d', ''))] or [0, 0]
    x = min(numbers[::2])
    ys = [y for other, y in zip(numbers[::2], numbers[1::2]) if other == x]
    return [x, min(ys), max(ys) - min(ys)]


# What is defined to be used elsewhere, letters among it, is not painted by itself.
def painted(element):
    for child in element:
        if child.tag in (SVG + 'path', SVG + 'rect'):
            yield child
        elif child.tag != SVG + 'defs':
            yield from painted(child)


for shape in painted(tree.parse(sys.argv[1]).getroot()):
    style = styles(shape)
    fill = f"{colour(style.get('fill'))}/{float(style.get('fill-opacity', 1)):g}"
    x, top, height = (round(n) for n in left_edge(shape))
    print(f"fill={fill} stroke={colour(style.get('stroke'))} left={x} top={top} height={height}")
