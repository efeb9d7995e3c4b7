"""What the next record is predicted to be: docs/graph.md, "What is predicted"."""


class History:
    """The records so far, and how like each is to the last one."""

    def __init__(self):
        self.records = []
        self.likeness = []

    def predicted(self):
        """The record after the one that is most like the last."""
        best = place = 0
        for at, likeness in enumerate(self.likeness[:-1]):
            if likeness and likeness >= best:
                best, place = likeness, at
        return self.records[place + 1] if best else None

    def append(self, record):
        """From the last to the first, each by that of the one before it."""
        for at in range(len(self.records) - 1, -1, -1):
            before = self.likeness[at - 1] if at else 0
            if self.records[at] == record:
                self.likeness[at] = min(before + 1, 32)
            elif self.records[at].kind == record.kind:
                self.likeness[at] = before // 2 + 1
            else:
                self.likeness[at] = 0
        self.records.append(record)
        self.likeness.append(0)
