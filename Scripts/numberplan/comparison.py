# SPDX-License-Identifier: Apache-2.0
"""What has changed between two automata, for all numbers."""
import collections

# Prefixes that are shown of one region and kind of change.
SHOWN = 12
# Digits after which a change is not followed further.
DEPTH = 8


class Comparison:
    """Counts numbers by region and what became of them, and finds the prefixes where the changes begin."""

    def __init__(self, old, new):
        self.old, self.new, self.counts, self.prefixes = old, new, {}, collections.defaultdict(list)

    def run(self, old_root, new_root):
        total = self.count(old_root, new_root)
        self.find(old_root, new_root, "")
        return total

    def node(self, nodes, place):
        return (None, (None,) * 10) if place is None else nodes[place]

    def count(self, old, new):
        """How many numbers changed below two nodes, by (region, change)."""
        if (old, new) not in self.counts:
            (before, old_children), (after, new_children) = self.node(self.old, old), self.node(self.new, new)
            total = collections.Counter()
            if before != after:
                total[change(before, after)] += 1
            for pair in zip(old_children, new_children):
                if pair != (None, None):
                    total.update(self.count(*pair))
            self.counts[old, new] = total
        return self.counts[old, new]

    def find(self, old, new, prefix):
        total = self.count(old, new)
        if not total:
            return
        pairs = list(zip(self.node(self.old, old)[1], self.node(self.new, new)[1]))
        changed = [(digit, pair) for digit, pair in enumerate(pairs) if pair != (None, None) and self.count(*pair)]
        if len(prefix) >= DEPTH or len(total) == 1 and len(changed) == 10 or not changed:
            for what in total:
                self.prefixes[what].append(prefix)
            return
        for digit, pair in changed:
            self.find(*pair, prefix + str(digit))


def change(before, after):
    if before is None or after is None:
        region, kind, _ = before or after
        return region, "added" if before is None else "removed", kind
    if before[:2] == after[:2]:
        return after[0], "dialled otherwise", after[1]
    return after[0], f"was {before[0]}" if before[0] != after[0] else "changed", f"{before[1]}>{after[1]}"


def report(comparison, total, classes):
    for (region, what, kinds), count in sorted(total.items()):
        names = " -> ".join(classes[kind] for kind in kinds.split(">"))
        begin = comparison.prefixes[region, what, kinds]
        more = f" and {len(begin) - SHOWN} more" if len(begin) > SHOWN else ""
        yield f"{region} {what} {names}: {count:,} numbers, +{' +'.join(begin[:SHOWN])}{more}"
