"""The Chinese fonts that are embedded in every PDF."""

from dataclasses import dataclass
from pathlib import Path

from servicekit.domain import Refusal

HANAZONO = Path("/usr/share/fonts/truetype/hanazono")


class FontMissing(Refusal):
    folder: str
    zh, en = "未安装中文字体,无法生成 PDF:{folder}", "The Chinese font that a PDF needs isn't installed: {folder}"
    next_zh, next_en = "请安装 fonts-lxgw-wenkai。", "Install the Debian package fonts-lxgw-wenkai."


@dataclass(frozen=True, slots=True)
class Fonts:
    """LXGW WenKai: its strokes are those of FangSong and Kai. Found in `folder`.

    It has the 20,992 characters of Unicode's first block and the rarer ones of the official table of general use.
    """

    folder: Path

    @property
    def regular(self) -> Path:
        return self._file("LXGWWenKai-Regular.ttf")

    @property
    def bold(self) -> Path:
        return self._file("LXGWWenKai-Bold.ttf")

    @property
    def rare(self) -> tuple[Path, ...]:
        """Hanazono Mincho, in `folder` or where Debian has it: 60,000 more characters. Empty where there is none."""
        files = (folder / name for folder in (self.folder, HANAZONO) for name in ("HanaMinA.ttf", "HanaMinB.ttf"))
        return tuple(file for file in files if file.is_file())

    def _file(self, name: str) -> Path:
        file = self.folder / name
        if not file.is_file():
            raise FontMissing(folder=str(self.folder))
        return file
