"""A report as one HTML file that is whole in itself: no address is fetched, no script runs (its content security policy
says so too), charts stand in it, each with a table of its numbers. It is also well-formed XML. Names are escaped.
"""

from importlib.resources import files
from urllib.parse import urlencode

from markupsafe import Markup, escape

from recording.reports import showing
from recording.reports.document import Language, Layout, ReportDocument, Section
from recording.reports.paper import Paper
from recording.reports.rendering.charts import Chart, chart_of
from recording.reports.tables import CHARTED, Cell, Table, formulas_of, lines_of, shows_nothing, tables_of
from recording.reports.words import say

LANGUAGE_TAGS = {Language.ENGLISH: "en", Language.MANDARIN: "zh-Hans"}

PAGE = Markup("""\
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="{language}">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<p>{centre}</p>
<h1>{heading}</h1>
<p>{when}</p>
</header>
{cards}<main>
{sections}
</main>
<footer>
{formulas}<p>{made}</p>
</footer>
</body>
</html>
""")

FORMULAS = Markup("""\
<details><summary>{title}</summary>
{table}
</details>
""")

SECTION = Markup("""\
<section aria-labelledby="{key}">
<h2 id="{key}">{title}</h2>
{note}{charts}{table}
</section>
""")

READABLE = ":,!|"
"""Signs that need not be escaped in a query, and are read by people."""

NEWLINE = Markup("\n")


def page_of(document: ReportDocument, url: str = "") -> str:
    """The file's text. Where the address of the centre's API is told, numbers link to the calls behind them."""
    language = document.language
    heading = f"{document.title}: {showing.subject(document.subject, language)}"
    when = f"{showing.span(document.span, language)} ({document.time_zone})"
    if document.compared is not None:
        when += f" · {say('compared', language, when=showing.span(document.compared, language))}"
    return PAGE.format(
        language=LANGUAGE_TAGS[language],
        title=f"{heading}, {showing.span(document.span, language)}",
        style=Markup(_style()),
        centre=_clean(document.centre),
        heading=_clean(heading),
        when=when,
        cards=_cards(document),
        sections=NEWLINE.join(_section(n, one, document, url) for n, one in enumerate(document.sections, 1)),
        formulas=FORMULAS.format(title=say("formulas", language), table=_table(formulas_of(document))),
        made=f"{say('made', language)} {document.made_at:%Y-%m-%d %H:%M}",
    )


def page_of_paper(paper: Paper, url: str = "") -> str:
    """The file's text of what is told in words; `url` as in page_of."""
    blocks = []
    for number, block in enumerate(paper.blocks, 1):
        note = Markup("<p>{}</p>\n").format(_clean(block.note)) if block.note else Markup()
        table = Markup() if block.table is None else _table(block.table, url=url)
        title = _clean(block.title)
        blocks.append(SECTION.format(key=f"s{number}", title=title, note=note, charts=Markup(), table=table))
    return PAGE.format(
        language=LANGUAGE_TAGS[paper.language],
        title=_clean(f"{paper.title}, {paper.when}"),
        style=Markup(_style()),
        centre=_clean(paper.centre),
        heading=_clean(paper.title),
        when=f"{paper.when} ({paper.time_zone})",
        cards=Markup(),
        sections=NEWLINE.join(blocks),
        formulas=Markup(),
        made=f"{say('made', paper.language)} {paper.made_at:%Y-%m-%d %H:%M}",
    )


CARDS = ("received", "service_level", "abandonment", "speed_of_answer", "handle_time", "occupancy")
"""The figures that stand at the top, large: what one looks for first."""

CARD = Markup("""\
<li{mark}>
<span>{title}</span>
<strong>{value}</strong>
<small>{target}</small>
<small>{change}</small>
</li>
""")


def _cards(document: ReportDocument) -> Markup:
    """The figures looked for first; none where fewer than two of them have a value."""
    language = document.language
    figures = next((one.numbers for one in document.sections if one.key == "figures"), ())
    known = {one.key: one for one in figures if one.value is not None}
    cards = []
    for one in (known[key] for key in CARDS if key in known):
        mark = "" if one.good is None else Markup(' data-good="{}"').format("yes" if one.good else "no")
        target = showing.band(one.band, language)
        aimed = f"{say('target', language)} {target}" if target else ""
        value = showing.with_unit(one.value, one.unit, language)
        moved = showing.change(one, language)
        cards.append(CARD.format(mark=mark, title=_clean(one.title), value=value, target=aimed, change=moved))
    return Markup('<ul class="cards">\n{}</ul>\n').format(Markup().join(cards)) if len(cards) > 1 else Markup()


def _section(number: int, section: Section, document: ReportDocument, url: str) -> Markup:
    note = Markup("<p>{}</p>\n").format(section.note) if section.note else Markup()
    tables = tables_of(section, document)
    dense = section.layout in (Layout.GRID, Layout.WEEK)
    table = NEWLINE.join(_table(one, captioned=len(tables) > 1, dense=dense, url=url) for one in tables)
    if shows_nothing(section, tables):
        table = Markup("<p>{}</p>").format(say("empty", document.language))
    charts = _charts(f"s{number}", section, document) if section.layout in CHARTED else Markup()
    if charts:
        shown = say("figures", document.language)
        table = Markup("<details open=''><summary>{}</summary>\n{}\n</details>").format(shown, table)
    return SECTION.format(key=f"s{number}", title=_clean(section.title), note=note, charts=charts, table=table)


def _charts(name: str, section: Section, document: ReportDocument) -> Markup:
    shown = []
    for number, group in enumerate(lines_of(section), 1):
        titles = {key: line[0].title for key, line in group.lines.items()}
        label = say("chart.of", document.language, title=", ".join(titles.values()))
        chart = chart_of(f"{name}c{number}", str(escape(_clean(label))), group, document.span)
        unit = say(f"unit.{group.unit}", document.language)
        shown.append(_figure(chart, titles, unit, document.language))
    return Markup().join(shown)


def _figure(chart: Chart, titles: dict[str, str], unit: str, language: Language) -> Markup:
    keys = [
        Markup('<span class="{}">{}</span>').format(colour, _clean(f"{titles[key]} ({unit})" if unit else titles[key]))
        for key, colour in chart.colours.items()
    ]
    if chart.target:
        keys.append(Markup('<span class="target">{}</span>').format(say("target", language)))
    if chart.before:
        keys.append(Markup('<span class="dashed">{}</span>').format(say("line-before", language)))
    legend = Markup(" ").join(keys)
    return Markup("<figure>\n<figcaption>{}</figcaption>\n{}\n</figure>\n").format(legend, Markup(chart.svg))


def _table(table: Table, *, captioned: bool = False, dense: bool = False, url: str = "") -> Markup:
    caption = Markup("<caption>{}</caption>\n").format(_clean(table.caption)) if captioned else Markup()
    head = Markup().join(
        Markup('<th scope="col"{}>{}</th>').format(_right(right), _clean(title))
        for title, right in zip(table.header, table.right, strict=True)
    )
    rows = NEWLINE.join(_row(row, table.right, url) for row in table.rows)
    return Markup(
        '<div class="{}" tabindex="0"><table>\n{}<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table></div>'
    ).format("wide dense" if dense else "wide", caption, head, rows)


def _row(row: tuple[Cell, ...], right: tuple[bool, ...], url: str) -> Markup:
    first, *others = row
    cells = [Markup('<th scope="row">{}</th>').format(_clean(first.text))]
    cells += [_cell(cell, to_right, url) for cell, to_right in zip(others, right[1:], strict=True)]
    return Markup("<tr>{}</tr>").format(Markup().join(cells))


def _cell(cell: Cell, right: bool, url: str) -> Markup:
    marks = _right(right)
    if cell.good is not None:
        marks += Markup(' data-good="{}"').format("yes" if cell.good else "no")
    shown = escape(_clean(cell.text))
    if queries := _opened_by(cell):
        marks += Markup(' title="{}"').format(" · ".join(queries))
        shown = Markup('<a href="{}">{}</a>').format(f"{url}{queries[0]}", shown) if url else shown
    if cell.good is not None and not right:
        shown = Markup("<span>{}</span>").format(shown)
    return Markup("<td{}>{}</td>").format(marks, shown)


def _opened_by(cell: Cell) -> list[str]:
    """The path and query of each list, or thing, that the cell opens at the API."""
    return [f"{path}?{urlencode(query, safe=READABLE)}" if query else path for path, query in cell.behind.items()]


def _right(right: bool) -> Markup:
    return Markup(' class="right"') if right else Markup()


def _clean(text: str) -> str:
    """Control characters are no characters of HTML."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _style() -> str:
    return files(__package__).joinpath("page.css").read_text("utf-8")
