"""Files as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from forum.attachments.filetypes import LABELS
from forum.attachments.limits import MB
from forum.attachments.models import Attachment
from forum.attachments.wording import kinds_text
from forum.core.i18n import number
from forum.core.markup import upload_address


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the rules need it. It satisfies `policy.FileState`."""

    id: int
    uploader_id: int
    owner_kind: str | None
    owner_id: int | None
    is_removed: bool
    name: str
    media_type: str
    size: int
    sha256: str
    thumb_sha256: str | None

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class FileView:
    """One file in a list. `held`: what was recognised in it and not yet answered for, in words; '' for nothing."""

    token: str
    url: str
    thumb_url: str
    name: str
    label: str
    size: str
    is_image: bool
    width: int | None
    height: int | None
    held: str

    @property
    def markdown(self) -> str:
        """What shows the file in a text."""
        name = "".join("\\" + char if char in "\\[]*`" else char for char in self.name)
        return f"{'!' if self.is_image else ''}[{name}]({self.url})"


@dataclass(frozen=True, slots=True)
class FilesPage:
    """The files of a form. `reason`: what was typed about those that are held."""

    files: tuple[FileView, ...] = ()
    reason: str = ""

    @property
    def held(self) -> bool:
        return any(file.held for file in self.files)


NO_FILES = FilesPage()


def size_text(size: int) -> str:
    """`340 kB`, `1,2 MB`."""
    return f"{number(round(size / MB, 1))} MB" if size >= MB else f"{number(max(1, round(size / 1024)))} kB"


def record_of(row: Attachment) -> FileRecord:
    return FileRecord(
        id=row.id,
        uploader_id=row.uploader_id,
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        is_removed=row.removed_at is not None,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        thumb_sha256=row.thumb_sha256,
    )


def view_of(row: Attachment) -> FileView:
    return FileView(
        token=row.token,
        url=upload_address(row.token),
        thumb_url=upload_address(row.token, small=True),
        name=row.name,
        label=LABELS[row.media_type],
        size=size_text(row.size),
        is_image=row.media_type.startswith("image/"),
        width=row.thumb_width or row.width,
        height=row.thumb_height or row.height,
        held=kinds_text(row.found) if row.found and not row.reason else "",
    )
