"""Ids for tasks that were written down without one."""

from collections import Counter
from hashlib import blake2s


class TaskIds:
    """Gives the tasks of one file their ids: the one they name, else a short hash that survives moving lines.

    The hash is of path, title and the how-manieth task of that title it is.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._titles: Counter[str] = Counter()
        self._named: set[str] = set()

    def of(self, title: str, named: str = "") -> str:
        """The id of the next task; a name that another task of the file already bears is not given again."""
        self._titles[title] += 1
        if named and named not in self._named:
            self._named.add(named)
            return named
        key = f"{self.path}\0{title}\0{self._titles[title]}"
        return blake2s(key.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
