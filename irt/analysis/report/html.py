"""A report as one HTML file that stands alone: no script, nothing that is fetched, every figure drawn within."""

import re
from collections.abc import Iterator
from html import escape

from irt.analysis.report.document import (
    MENTION,
    Block,
    Document,
    Figure,
    Head,
    Paragraph,
    Section,
    Synopsis,
    Table,
    spaced,
)
from irt.analysis.report.speaking import Speaker
from irt.analysis.report.style import STYLE

LANG = {"en": "en", "zh": "zh-Hans"}
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'  # within HTML it goes without saying
LEAST_SHOWN, MOST_SHOWN = 1.15, 1.7  # of a drawing's size in points: letters neither too small nor huge
CODE = re.compile(r"[0-9a-f]{32,}")  # hashes and seeds: they break where they must


def html(document: Document, say: Speaker) -> bytes:
    """The whole file, in UTF-8; the same bytes for the same report."""
    return "\n".join(_Writer(document, say).whole()).encode()


class _Writer:
    """Writes one document; texts are escaped, and what they name becomes a link."""

    def __init__(self, document: Document, say: Speaker) -> None:
        self.document, self.say = document, say

    def whole(self) -> Iterator[str]:
        document = self.document
        yield "<!DOCTYPE html>"
        yield f'<html lang="{LANG[document.language]}">'
        yield '<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
        if document.watermark:
            yield f'<div class="mark" aria-hidden="true"><span>{escape(document.watermark)}</span></div>'
        yield f'<header>\n<p class="kind">{escape(document.running)}</p>\n<h1>{escape(document.title)}</h1>'
        yield from (f'<p class="warning" role="note">{escape(one)}</p>' for one in document.warnings)
        yield '<dl class="front">'
        yield from (f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in document.lines)
        yield "</dl>\n</header>"
        yield "<main>"
        for place, (depth, section) in enumerate(document.walk()):
            yield from self.section(section, depth)
            if place == 0:  # the synopsis stands before the contents (ICH E3)
                yield from self.contents()
        yield "</main>\n</body>\n</html>\n"

    def contents(self) -> Iterator[str]:
        document, say = self.document, self.say
        yield f'<nav aria-label="{escape(say("contents"))}">\n<h2>{escape(say("contents"))}</h2>\n<ol>'
        for depth, section in document.walk():
            told = f"<span>{section.number}</span><span>{escape(section.title)}</span>"
            yield f'<li{_class("in" if depth else "")}><a href="#s-{section.id}">{told}</a></li>'
        yield "</ol>"
        for heading, pieces in (("list_of_tables", document.tables), ("list_of_figures", document.figures)):
            yield f'<h2>{escape(say(heading))}</h2>\n<ol class="named">'
            for one in pieces:
                kind = "table" if isinstance(one, Table) else "figure"
                name = escape(document.name(kind, one.id))
                yield (
                    f'<li><a href="#{kind[0]}-{one.id}"><span>{name}</span><span>{escape(one.title)}</span></a></li>'
                )
            yield "</ol>"
        yield "</nav>"

    def section(self, section: Section, depth: int) -> Iterator[str]:
        level = min(depth + 2, 6)
        title = f'<span class="n">{section.number}</span>{escape(section.title)}'
        yield f'<h{level} id="s-{section.id}">{title}</h{level}>'
        for block in section.blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Paragraph():
                yield f"<p{_class('quiet' if block.quiet else '')}>{self.text(block.text)}</p>"
            case Synopsis():
                yield f'<div class="synopsis"><p>{self.text(block.sentence)}</p>\n<dl>'
                yield from (f"<dt>{escape(label)}</dt><dd>{self.text(text)}</dd>" for label, text in block.facts)
                yield "</dl></div>"
            case Table():
                yield from self.table(block)
            case Figure():
                yield from self.figure(block)

    def text(self, text: str) -> str:
        """A text escaped, with links to the pieces that it names."""

        def linked(found: re.Match[str]) -> str:
            name = escape(self.document.name(found[1], found[2]))
            return f'<a href="#{found[1][0]}-{found[2]}">{name}</a>'

        return MENTION.sub(linked, escape(spaced(text)))

    def table(self, table: Table) -> Iterator[str]:
        title = f"{self.document.name('table', table.id)}. {table.title}"
        label = escape(title, quote=True)
        yield f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">\n<table id="t-{table.id}">'
        yield f"<caption><span>{self.text(title)}</span></caption>\n<thead>"
        for line in table.head:
            yield "<tr>" + "".join(self.heads(table, line)) + "</tr>"
        yield "</thead>\n<tbody>"
        yield from (self.row(table, place) for place in range(len(table.rows)))
        yield "</tbody>\n</table>\n</div>"
        yield from self.below(table)

    def heads(self, table: Table, line: tuple[Head, ...]) -> Iterator[str]:
        place = 0
        for head in line:
            wide = f' colspan="{head.span}"' if head.span > 1 else ""
            scope = "colgroup" if head.span > 1 else "col"
            kind = "span" if head.span > 1 and head.text else "num" if place >= table.first else ""
            place += head.span
            if head.text:
                yield f'<th scope="{scope}"{wide}{_class(kind)}>{escape(head.text)}</th>'
            else:
                yield f"<td{wide}></td>"

    def row(self, table: Table, place: int) -> str:
        row = table.rows[place]
        kinds = [f"in{row.indent}"] * bool(row.indent) + ["strong"] * row.strong
        if len(row.cells) == 1 < table.columns:
            kinds = ["group", *kinds]
            cells = f'<th scope="rowgroup" colspan="{table.columns}">{self.text(row.cells[0])}</th>'
        else:
            label = f'<th scope="row"{_down(table, place)}>{self.text(row.cells[0])}</th>' if row.cells[0] else ""
            cells = label + "".join(
                f"<td{_class(_kind(table, column, cell))}>{self.text(cell)}</td>"
                for column, cell in enumerate(row.cells[1:], 1)
            )
        return f"<tr{_class(' '.join(kinds))}>{cells}</tr>"

    def figure(self, figure: Figure) -> Iterator[str]:
        title = f"{self.document.name('figure', figure.id)}. {figure.title}"
        size = f"min-width:{LEAST_SHOWN * figure.wide:.1f}px;max-width:{MOST_SHOWN * figure.wide:.1f}px"
        alt = escape(figure.alt, quote=True)
        drawn = figure.svg.replace(NAMESPACE, "", 1).replace(
            '<svg style="', f'<svg role="img" aria-label="{alt}" style="{size};', 1
        )
        yield f'<figure id="f-{figure.id}">\n<div tabindex="0" role="region" aria-label="{escape(title, quote=True)}">'
        yield f"{drawn}</div>\n<figcaption>{self.text(title)}</figcaption>\n</figure>"
        yield from self.below(figure)

    def below(self, piece: Table | Figure) -> Iterator[str]:
        """Notes, then where the numbers come from."""
        yield '<div class="below">'
        yield from (f"<p>{self.text(note)}</p>" for note in piece.notes)
        yield f'<p class="source">{escape(self.say.source(piece.sources))}</p>\n</div>'


def _down(table: Table, place: int) -> str:
    """How far a label reaches down: over the lines that have none."""
    down = 1
    while place + down < len(table.rows) and len(table.rows[place + down].cells) > 1:
        if table.rows[place + down].cells[0]:
            break
        down += 1
    return f' rowspan="{down}"' if down > 1 else ""


def _kind(table: Table, column: int, cell: str) -> str:
    return "code" if CODE.fullmatch(cell) else "num" if column >= table.first else ""


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""
