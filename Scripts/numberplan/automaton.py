# SPDX-License-Identifier: Apache-2.0
"""The library's patterns as one minimal automaton over digits, for all numbers at once."""
try:
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_parse as parser

DIGITS = 15
ANY = (1 << 10) - 1
# The types in the order in which the library asks for them, with the letters of the table.
TYPES = {"premium_rate": "p", "toll_free": "t", "shared_cost": "s", "voip": "i", "personal_number": "f", "pager": "r",
         "uan": "u", "voicemail": "v", "fixed_line": "g", "mobile": "m"}
CLASSES = {"p": "premium", "t": "toll-free", "s": "shared-cost", "i": "voip", "f": "personal", "r": "pager",
           "u": "universal-access", "v": "voicemail", "g": "geographic", "m": "mobile", "b": "geographic-or-mobile"}


class Patterns:
    """A nondeterministic automaton over digits of all patterns of one country code. A tag says which pattern has ended."""

    def __init__(self):
        self.edges, self.jumps, self.tags = [], [], []

    def state(self):
        self.edges.append([])
        self.jumps.append([])
        self.tags.append(None)
        return len(self.tags) - 1

    def add(self, pattern, tag, is_prefix=False):
        start = self.state()
        end = self.sequence(parser.parse(pattern), start)
        self.tags[end] = tag
        if is_prefix:
            self.edges[end].append((ANY, end))
        return start

    def sequence(self, items, start):
        for operation, argument in items:
            start = self.item(str(operation), argument, start)
        return start

    def item(self, operation, argument, start):
        if operation == "LITERAL":
            return self.step(1 << (argument - 48), start)
        if operation == "IN":
            return self.step(sum({1 << digit for part in argument for digit in members(*part)}), start)
        if operation == "SUBPATTERN":
            return self.sequence(argument[-1], start)
        end = self.state()
        if operation == "BRANCH":
            for branch in argument[1]:
                self.jumps[self.sequence(branch, start)].append(end)
            return end
        if operation != "MAX_REPEAT" or argument[1] > 20:
            raise SystemExit(f"a pattern has {operation} {argument}, which this program does not know")
        least, most, items = argument
        for _ in range(least):
            start = self.sequence(items, start)
        self.jumps[start].append(end)
        for _ in range(most - least):
            start = self.sequence(items, start)
            self.jumps[start].append(end)
        return end

    def step(self, digits, start):
        end = self.state()
        self.edges[start].append((digits, end))
        return end

    def closure(self, states):
        found = set(states)
        waiting = list(found)
        while waiting:
            for state in self.jumps[waiting.pop()]:
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return frozenset(found)

    def after(self, states, digit):
        return self.closure(end for state in states for digits, end in self.edges[state] if digits >> digit & 1)


def members(kind, value):
    kind = str(kind)
    if kind == "LITERAL":
        return [value - 48]
    return range(value[0] - 48, value[1] - 47) if kind == "RANGE" else range(10)


class Nodes:
    """The nodes of a minimal automaton: what a number is that ends here, and the node after each digit. Node 0 leads nowhere."""

    def __init__(self):
        self.all, self.numbers = [], {}
        self.add(None, (0,) * 10)

    def add(self, label, children):
        key = (label, children)
        if key not in self.numbers:
            self.numbers[key] = len(self.all)
            self.all.append(key)
        return self.numbers[key]


class Country:
    """One country code as the library judges it: `_number_type_helper` and `_region_code_for_number_from_list`, for all numbers."""

    def __init__(self, code, library):
        self.code, self.regions = code, library.COUNTRY_CODE_TO_REGION_CODE[code]
        data = library.phonemetadata.PhoneMetadata
        self.data = [data.metadata_for_nongeo_region(code) if region == "001" else data.metadata_for_region(region)
                     for region in self.regions]
        self.patterns, self.starts = Patterns(), []
        for index, region in enumerate(self.data):
            for kind in ("general_desc", *TYPES):
                description = getattr(region, kind)
                if description is not None and description.national_number_pattern:
                    self.add(description.national_number_pattern, (index, kind))
            if region.leading_digits:
                self.add(region.leading_digits, (index, "leading"), True)
        for index, form in enumerate(self.data[0].number_format):
            self.add(form.pattern, ("form", index))
            if form.leading_digits_pattern:
                self.add(form.leading_digits_pattern[-1], ("begins", index), True)

    def add(self, *pattern):
        self.starts.append(self.patterns.add(*pattern))

    def root(self, nodes):
        known = {}

        def node(states, length):
            if not states:
                return 0
            if (states, length) not in known:
                tags = {self.patterns.tags[state] for state in states}
                children = (0,) * 10
                if length < DIGITS - len(str(self.code)):
                    children = tuple(node(self.patterns.after(states, digit), length + 1) for digit in range(10))
                known[states, length] = nodes.add(self.label(tags, length), children)
            return known[states, length]
        return node(self.patterns.closure(self.starts), 0)

    def label(self, tags, length):
        region, kind = self.place(tags, length)
        return kind and (region, kind, self.is_bare(tags))

    def place(self, tags, length):
        for index, region in enumerate(self.regions):
            kind = self.kind(index, tags, length)
            if self.data[index].leading_digits is not None and len(self.regions) > 1:
                if (index, "leading") in tags:
                    return region, kind
            elif kind or len(self.regions) == 1:
                return region, kind
        return None, None

    def kind(self, index, tags, length):
        data = self.data[index]
        alike = data.same_mobile_and_fixed_line_pattern

        def fits(kind):
            lengths = getattr(data, kind) and getattr(data, kind).possible_length
            return (index, kind) in tags and (not lengths or length in lengths)
        if not fits("general_desc"):
            return None
        for kind, letter in TYPES.items():
            if kind == "fixed_line" and fits(kind):
                return "b" if alike or fits("mobile") else letter
            if fits(kind) and not (kind == "mobile" and alike):
                return letter
        return None

    def is_bare(self, tags):
        """Whether people dial it without the national prefix, by the form that the library would write it in."""
        prefix = self.data[0].national_prefix
        for index, form in enumerate(self.data[0].number_format):
            if ("form", index) in tags and (not form.leading_digits_pattern or ("begins", index) in tags):
                rule = (form.national_prefix_formatting_rule or "").replace("\\1", "")
                return not prefix or prefix not in rule or bool(form.national_prefix_optional_when_formatting)
        return not prefix


def build_plan(library):
    nodes, tree = Nodes(), {}
    for code in sorted(library.COUNTRY_CODE_TO_REGION_CODE):
        place = tree
        for digit in str(code)[:-1]:
            place = place.setdefault(int(digit), {})
        place[int(str(code)[-1])] = Country(code, library).root(nodes)

    def node(place):
        return place if isinstance(place, int) else nodes.add(None, tuple(node(place.get(digit, 0)) for digit in range(10)))
    return nodes, node(tree)


def strings(pattern, longest=DIGITS):
    """Every string of digits that a pattern stands for, in their order; it must not be one of endless many."""
    patterns = Patterns()
    waiting, found = [("", patterns.closure([patterns.add(pattern, "end")]))], []
    while waiting:
        text, states = waiting.pop()
        if "end" in {patterns.tags[state] for state in states}:
            found.append(text)
        if len(text) < longest:
            following = ((text + str(digit), patterns.after(states, digit)) for digit in range(10))
            waiting += [(text, states) for text, states in following if states]
    return sorted(found)
