"""Loading for many parents at once: one call of a loader function for all keys of a level of the query."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from strawberry.dataloader import DataLoader

C = TypeVar("C")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
P = ParamSpec("P")

LoadFunction = Callable[Concatenate[C, Sequence[K], P], Awaitable[Mapping[K, V]]]


class Loaders(Generic[C]):
    """The loaders of one request, one for each loader function and its arguments; C is what it loads with."""

    def __init__(self, context: C) -> None:
        self._context = context
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def find(
        self,
        function: LoadFunction[C, K, P, V],
        key: K,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> V | None:
        """What the function found for this key, None when nothing. Its further arguments must be hashable."""
        found: V | None = await self._loader(function, args, kwargs).load(key)
        return found

    async def load(
        self,
        function: LoadFunction[C, K, P, V],
        key: K,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> V:
        """As `find`, for functions that answer every key (pages, counts). Raises KeyError when this one did not."""
        found = await self.find(function, key, *args, **kwargs)
        if found is None:
            raise KeyError(f"{function.__name__} gave nothing for a key")
        return found

    def _loader(
        self, function: Callable[..., Awaitable[Mapping[Any, Any]]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> DataLoader[Any, Any]:
        name = (function, args, tuple(sorted(kwargs.items())))
        loader = self._loaders.get(name)
        if loader is None:

            async def load(keys: list[Any]) -> list[Any]:
                found = await function(self._context, keys, *args, **kwargs)
                return [found.get(key) for key in keys]

            loader = self._loaders[name] = DataLoader(load)
        return loader
