# SPDX-License-Identifier: Apache-2.0
"""The automaton and the lists beside it as text, and back."""
from .automaton import Country, Nodes, strings

EVERYWHERE = ("112", "911", "999")


# Six bits are one character from 0 to o, which Swift's raw strings and the eye can take.
def text(value, characters):
    return "".join(chr(48 + (value >> 6 * place & 63)) for place in reversed(range(characters)))


def number(characters):
    value = 0
    for character in characters:
        value = value << 6 | ord(character) - 48
    return value


def write_nodes(nodes, root):
    """A node is the number of its label (0 is none), of its runs, and for each run its last digit and where the next node stands.
    The first one stands at 0, and none leads back to it: 0 is nowhere."""
    labels = sorted({label for label, _ in nodes.all if label})
    places, written, length = {0: 0}, [], 0
    order = [root, *(index for index in range(1, len(nodes.all)) if index != root)]
    for index in order:
        places[index] = length
        length += 3 + 4 * len(runs(nodes.all[index][1]))
    for index in order:
        label, children = nodes.all[index]
        written.append(text(labels.index(label) + 1 if label else 0, 2) + text(len(runs(children)), 1))
        written += [text(last, 1) + text(places[child], 3) for last, child in runs(children)]
    if length >= 1 << 18 or len(labels) >= 1 << 12:
        raise SystemExit("the table has outgrown its addresses")
    return "".join(written), "".join(f"{'00' if r == '001' else r}{kind}{int(bare)}" for r, kind, bare in labels)


def runs(children):
    return [(digit, child) for digit, child in enumerate(children) if digit == 9 or children[digit + 1] != child]


def read_nodes(plan, labels):
    """What `write_nodes` wrote, as nodes by their places."""
    known = [None] + [("001" if r == "00" else r, kind, bare == "1") for r, kind, bare in
                      ((labels[i:i + 2], labels[i + 2], labels[i + 3]) for i in range(0, len(labels), 4))]
    nodes, place = {}, 0
    while place < len(plan):
        label, count, children = known[number(plan[place:place + 2])], number(plan[place + 2]), []
        for run in range(place + 3, place + 3 + 4 * count, 4):
            children += [number(plan[run + 1:run + 4]) or None] * (number(plan[run]) + 1 - len(children))
        nodes[place] = (label, tuple(children))
        place += 3 + 4 * count
    return nodes


def build_plan(library):
    """The automaton and the number of the node where every number begins."""
    nodes, tree = Nodes(), {}
    for code in sorted(library.COUNTRY_CODE_TO_REGION_CODE):
        place = tree
        for digit in str(code)[:-1]:
            place = place.setdefault(int(digit), {})
        place[int(str(code)[-1])] = Country(code, library).root(nodes)

    def node(place):
        if isinstance(place, int):
            return place
        return nodes.add(None, tuple(node(place.get(digit, 0)) for digit in range(10)))
    return nodes, node(tree)


def country_rows(library):
    """`49 DE 0 00`: country code, region (of several the one that the code is named after first), national and international prefixes."""
    rows = []
    for code, regions in sorted(library.COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            data = library.phonemetadata.PhoneMetadata.metadata_for_region(region, None)
            national = data and data.national_prefix or "-"
            rows.append(f"{code} {region} {national} {','.join(international_prefixes(data)) or '-'}")
    return rows


def international_prefixes(data):
    """What people dial before a country code without choosing a carrier."""
    if data is None or not data.international_prefix:
        return []
    preferred = (data.preferred_international_prefix or "").replace("~", "")
    return [preferred] if preferred else strings(data.international_prefix, 4 if data.country_code == 1 else 3)


def emergency_rows(library):
    """`DE 110`: region and what is dialled there for help beside the numbers that help everywhere."""
    rows = []
    for region in sorted(library.SUPPORTED_REGIONS):
        data = library.phonemetadata.PhoneMetadata.short_metadata_for_region(region)
        pattern = data and data.emergency and data.emergency.national_number_pattern
        own = [number for number in strings(pattern) if number not in EVERYWHERE] if pattern else []
        if own:
            rows.append(" ".join([region, *own]))
    return rows


def general_rows(library):
    """`AU 000`: regions in which somebody who only asks for help is asked for by another number than 112, and which."""
    rows = []
    for region in sorted(library.SUPPORTED_REGIONS):
        data = library.phonemetadata.PhoneMetadata.short_metadata_for_region(region)
        pattern = data and data.emergency and data.emergency.national_number_pattern
        numbers = strings(pattern) if pattern else []
        # In North America and Australia 112 is what mobile telephones dial, and not what lines do.
        first = ["911"] if library.country_code_for_region(region) == 1 else ["000"] if region == "AU" else []
        best = next((number for number in [*first, *EVERYWHERE, *numbers] if number in numbers), None)
        if best and best != EVERYWHERE[0]:
            rows.append(f"{region} {best}")
    return rows
