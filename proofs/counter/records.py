"""How the records of a graph are coded: docs/graph.md, "The code of records".

One path codes records that are known, to nowhere (the primer), and those that a file holds: what
is `wanted` is the former, or None.
"""

from .codes import Adaptive, bits
from .errors import Invalid
from .fields import FIELDS, Record, next_field, primer, repeats
from .history import History

CONCATENATE = 14
RELIABILITY = ((3, 2), (2, 3), (1, 4), (1, 12), (1, 32))
KINDS = (1, 16, 8, 4, 1, 4, 2, 2, 1, 1, 16, 2, 8, 2, 2, 2, 2, 2, 2, 1, 1, 1)
READS = (0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, None, 1, 1, 1, 1, 1, 1, 1)
DIGITS = (1, 2, 6, 8, 8, 6, 6, 6, 6, 6, 6, 4, 4, 2, 2) + (1,) * 10
LARGEST_SIZE = 1 << 20


class Nowhere:
    """A coder that takes what is wanted and writes nothing."""

    def weighted(self, _weights, wanted):
        """Any symbol costs nothing."""
        return wanted


class RecordCoder:
    """All that is learned of records."""

    def __init__(self):
        self.coder = Nowhere()
        self.history = History()
        self.as_predicted = 0
        self.reliable = [Adaptive(row) for row in RELIABILITY]
        self.kinds = list(KINDS)
        self.after = [[0] * len(KINDS) for _ in KINDS]
        self.last = 0
        self.more_reads = Adaptive((8, 4, 4, 4))
        self.same_distance = Adaptive((1, 3))
        self.same_step = Adaptive((1, 3))
        self.first_distance = Adaptive((24, 1, 1, 1, 2))
        self.other_distance = Adaptive((8, 4, 1, 1, 8))
        self.digits = Adaptive(DIGITS)
        self.same = {name: Adaptive((2, 1) if name == "width" else (1, 8)) for name in FIELDS}
        self.repeated = {name: Adaptive((1, 8)) for name in FIELDS}
        self.fields = {name: Adaptive(weights) for name, (_, weights) in FIELDS.items()}
        for record in primer():
            self.code(lambda _: len(record.numbers), record)

    def code(self, axes_at, wanted=None):
        """Codes a record; `axes_at(distance)` is how many axes the value there has.

        The end of a list of records, kind 0, is learned but is no record: docs/relative.md.
        """
        predicted = self.history.predicted()
        if predicted is not None:
            row = sum(self.as_predicted >= limit for limit in (1, 2, 4, 12))
            if self.flag(self.reliable[row], wanted, predicted):
                self.learn(predicted, self.as_predicted + 1)
                return predicted
        kind = self.kind(wanted)
        if kind == 0:
            return Record(0)
        template = predicted if predicted and predicted.kind == kind else Record(kind)
        distances = self.distances(kind, template, wanted)
        axes = axes_at(distances[0] if distances else 0)
        record = Record(kind, distances, self.numbers(kind, template, axes, wanted))
        if record == predicted:
            raise Invalid("not the canonical file: a record that was predicted")
        self.learn(record, 0)
        return record

    def flag(self, model, wanted, value):
        """Whether it is this value."""
        return model.code(self.coder, None if wanted is None else int(wanted == value))

    def learn(self, record, as_predicted):
        """What the history learns."""
        self.history.append(record)
        self.as_predicted = as_predicted
        self.last = record.kind

    def kind(self, wanted):
        """2. The kind."""
        weights = [u + v for u, v in zip(self.kinds, self.after[self.last])]
        kind = self.coder.weighted(weights, wanted and wanted.kind)
        self.kinds[kind] += 2
        self.after[self.last][kind] += 24
        return kind

    def distances(self, kind, template, wanted):
        """3. and 4. How many values are read, and each distance."""
        count = READS[kind]
        if kind == CONCATENATE:
            symbol = self.more_reads.code(
                self.coder, wanted and min(len(wanted.distances) - 2, 3))
            count = symbol + 2
            if symbol == 3:
                count = self.width(wanted and len(wanted.distances))
                if count < 5:
                    raise Invalid("not the canonical file: a count with a symbol of its own")
        distances = []
        for place in range(count):
            distances.append(self.distance(place, distances, template,
                                           wanted and wanted.distances[place]))
            if len(distances) > LARGEST_SIZE:
                raise Invalid("too many numbers")
        return tuple(distances)

    def distance(self, place, before, template, wanted):
        """4. One distance. The second guess is only for a place where the template has none."""
        guess = None
        if place < len(template.distances):
            guess = (self.same_distance, template.distances[place])
        elif len(before) >= 2 and 2 * before[-1] - before[-2] >= 0:
            guess = (self.same_step, 2 * before[-1] - before[-2])
        model = self.other_distance if place else self.first_distance
        return self.guessed(guess, model, range(4), self.width, wanted)

    def guessed(self, guess, model, values, other, wanted):
        """The guess, if there is one; else one of the values; else any other number."""
        if guess and self.flag(guess[0], wanted, guess[1]):
            return guess[1]
        symbol = None
        if wanted is not None:
            symbol = values.index(wanted) if wanted in values else len(values)
        symbol = model.code(self.coder, symbol)
        number = values[symbol] if symbol < len(values) else other(wanted)
        if guess and number == guess[1] or symbol == len(values) and number in values:
            raise Invalid("not the canonical file: a number that is told in another way")
        return number

    def numbers(self, kind, template, axes, wanted):
        """5. All numbers; the second guess as for distances."""
        numbers = []
        while (field := next_field(kind, numbers, axes)) is not None:
            place = len(numbers)
            guess = None
            if place < len(template.numbers):
                guess = (self.same[field], template.numbers[place])
            elif repeats(kind, place, field):
                guess = (self.repeated[field], numbers[-1])
            values = FIELDS[field][0]
            other = {"single": self.any_single, "index": self.above, "start": self.above}
            numbers.append(self.guessed(guess, self.fields[field], values,
                                        other.get(field, self.width),
                                        wanted and wanted.numbers[place]))
            if len(numbers) > LARGEST_SIZE:
                raise Invalid("too many numbers")
        return tuple(numbers)

    def above(self, wanted):
        """The `width` of the number plus 1."""
        return self.width(None if wanted is None else wanted + 1) - 1

    def any_single(self, wanted):
        """32 bits, of a finite number."""
        if wanted is not None:
            return wanted
        number = bits(self.coder, 32)
        if (number >> 23) & 255 == 255:
            raise Invalid("a single that is not finite")
        return number

    def width(self, wanted):
        """`width` of graphs."""
        known = wanted is not None
        length = 1 + self.digits.code(self.coder, wanted.bit_length() - 1 if known else None)
        zeros = (wanted & -wanted).bit_length() - 1 if known else None
        zeros = self.coder.weighted(range(1, length + 1), zeros)
        if known:
            return wanted
        if zeros == length - 1:
            return 1 << zeros
        middle = bits(self.coder, length - 2 - zeros)
        return (((1 << (length - 2 - zeros)) | middle) * 2 + 1) << zeros
