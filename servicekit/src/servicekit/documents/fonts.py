"""The Chinese font that is embedded in every PDF."""

import logging
from dataclasses import dataclass
from pathlib import Path

from servicekit.domain import Refusal

# Of a text with characters that the font lacks it warns by naming them: those of somebody's name, in the log.
logging.getLogger("fpdf").setLevel(logging.ERROR)


class FontMissing(Refusal):
    folder: str
    zh, en = "未安装中文字体,无法生成 PDF:{folder}", "The Chinese font that a PDF needs isn't installed: {folder}"
    next_zh, next_en = "请安装 fonts-lxgw-wenkai。", "Install the Debian package fonts-lxgw-wenkai."


@dataclass(frozen=True, slots=True)
class Fonts:
    """LXGW WenKai: its strokes are those of FangSong and Kai. Found in `folder`."""

    folder: Path

    @property
    def regular(self) -> Path:
        return self._file("LXGWWenKai-Regular.ttf")

    @property
    def bold(self) -> Path:
        return self._file("LXGWWenKai-Bold.ttf")

    def _file(self, name: str) -> Path:
        file = self.folder / name
        if not file.is_file():
            raise FontMissing(folder=str(self.folder))
        return file
