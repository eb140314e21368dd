"""Which extractor leaves reader comments in: pages of our own, each with another markup around the same comments.

``python benchmarks/comment_markup.py`` prints, for each way to take text out of HTML, how many of the comments, of the
article's paragraphs and of the menu's entries are in what it returns. Needs trafilatura and resiliparse.
"""

from __future__ import annotations

from collections.abc import Callable

ARTICLE = [
    "The harbour council voted on Tuesday to close the fish market for eleven weeks while the roof is repaired.",
    "Forty-one stallholders will move to the old customs shed, which has neither cold water nor a loading ramp.",
    "The roof was last inspected in 2009, according to a report that the council released under pressure.",
    "I find it hard to believe that nobody saw this coming, and harder to believe that the shed was the only choice.",
    "Work begins on 3 May and is expected to cost 2.4 million, half of it from the regional fund.",
]
COMMENTS = [
    ("Tilda_K", "My uncle sold mackerel there for thirty years and the roof leaked in every one of them."),
    ("dockside", "@Tilda_K same here, we used to put buckets under stall nine and call it the aquarium."),
    ("Oskar", "Eleven weeks, sure. They said six for the bridge and it took two years, so good luck."),
    ("nettle", "lol"),
    ("M. Farrow", "The customs shed floods at spring tide, has anybody on that council ever been inside it?"),
    ("Oskar", "No, because then they would have to get their shoes wet!!"),
]
MENU = ["Home", "Harbour news", "Weather and tides", "Classified adverts", "Contact the newsroom"]
PARAGRAPHS = "".join(f"<p>{p}</p>" for p in ARTICLE)
TITLE = "Fish market to close for eleven weeks"


def page(comments: str, article: str | None = None) -> str:
    """A page with a menu, an article and below it ``comments``."""
    body = article or f"<article><h1>{TITLE}</h1>{PARAGRAPHS}</article>"
    menu = "".join(f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(MENU))
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{TITLE}</title><script>var a = '<p>no</p>';</script>"
        f"<style>p {{ margin: 0 }}</style></head><body><header><nav><ul>{menu}</ul></nav></header>"
        f"<main>{body}{comments}</main><footer><p>All rights reserved. Printed on the quay.</p></footer></body></html>"
    )


def each(template: str, comments: list[tuple[str, str]] = COMMENTS) -> str:
    """``template`` once for each comment."""
    return "".join(template.format(who=who, text=text, i=i) for i, (who, text) in enumerate(comments))


def nested(i: int = 0) -> str:
    """Replies inside replies."""
    if i == len(COMMENTS):
        return ""
    who, text = COMMENTS[i]
    return f'<div class="reply"><span class="user">{who}</span><div class="md"><p>{text}</p></div>{nested(i + 1)}</div>'


PAGES = {
    "wordpress": page(
        '<div id="comments" class="comments-area"><h2 class="comments-title">6 thoughts</h2><ol class="comment-list">'
        + each(
            '<li id="comment-{i}" class="comment depth-1"><article class="comment-body"><footer class="comment-meta">'
            '<b class="fn">{who}</b> <a href="#c{i}">4 May at 9:1{i}</a></footer><div class="comment-content">'
            '<p>{text}</p></div><div class="reply"><a href="#">Reply</a></div></article></li>'
        )
        + "</ol></div>"
    ),
    "disqus": page(
        '<div id="disqus_thread"><div class="dsq-comments"><ul class="post-list">'
        + each(
            '<li class="post"><div class="post-content"><header><span class="author">{who}</span></header>'
            '<div class="post-message"><p>{text}</p></div><footer><a>Like</a></footer></div></li>'
        )
        + "</ul></div></div>"
    ),
    "phpbb": page(
        "",
        f"<h1>{TITLE}</h1>"
        + each(
            '<div id="p{i}" class="post bg{i}"><div class="inner"><dl class="postprofile"><dt>{who}</dt><dd>Posts: 31'
            '</dd></dl><div class="postbody"><p class="author">by {who}</p><div class="content">{text}</div></div>'
            "</div></div>",
            [("editor", p) for p in ARTICLE] + COMMENTS,
        ),
    ),
    "plain divs": page(each("<div><div>{who}</div><div>{text}</div></div>")),
    "divs and br": page(
        "<div>" + each("{who}:<br>{text}<br><br>") + "</div>", f"<h1>{TITLE}</h1><div>{PARAGRAPHS}</div>"
    ),
    "table": page("<table>" + each("<tr><td>{who}</td><td>{text}</td></tr>") + "</table>"),
    "details": page(
        '<details class="CommentBox"><summary>Show 6 comments</summary>'
        + each("<div class='Comment'><b>{who}</b><p>{text}</p></div>")
        + "</details>"
    ),
    "article in section": page(
        '<section aria-label="Discussion">' + each("<article><h3>{who}</h3><p>{text}</p></article>") + "</section>"
    ),
    "custom elements": page(
        "<user-discussion>"
        + each("<user-comment data-n={i}><comment-author>{who}</comment-author><comment-text>{text}</comment-text>"
               "</user-comment>")
        + "</user-discussion>"
    ),
    "nested replies": page(f'<div class="commentarea">{nested()}</div>'),
    "aside": page("<aside class='community'>" + each("<p><strong>{who}</strong> {text}</p>") + "</aside>"),
    "definition list": page("<dl id='responses'>" + each("<dt>{who} said:</dt><dd>{text}</dd>") + "</dl>"),
    "blockquotes": page("<h2>Readers write</h2>" + each("<blockquote>{text}<cite>{who}</cite></blockquote>")),
    "class names of a bundler": page(
        '<div class="css-1x2y3z">' + each("<div class=css-9q><span>{who}</span><span>{text}</span></div>") + "</div>"
    ),
    "in the footer": page(
        "<footer id='feedback'>" + each("<div class='msg'><p>{text}</p><small>{who}</small></div>") + "</footer>"
    ),
    "schema.org": page(
        each('<div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><b itemprop="author">{who}</b>'
             '<div itemprop="text">{text}</div></div>')
    ),
}  # fmt: skip


def ways() -> dict[str, Callable[[str], str]]:
    """How text is taken out of a page."""
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text as plain

    from classifier.io.pages import text_of

    return {
        "trafilatura": lambda html: trafilatura.extract(html, include_comments=True) or "",
        "trafilatura, recall": lambda html: trafilatura.extract(html, include_comments=True, favor_recall=True) or "",
        "resiliparse, main content": lambda html: plain(html, main_content=True, comments=True),
        "resiliparse, everything": lambda html: plain(html),
        "winnow": text_of,
    }


def share(found: str, wanted: list[str]) -> float:
    """How many of ``wanted`` stand in ``found``, whatever the blanks."""
    squeezed = " ".join(found.split())
    return sum(" ".join(text.split()) in squeezed for text in wanted) / len(wanted)


def main() -> None:
    """Print the figures."""
    texts = [text for _, text in COMMENTS]
    print("| | comments kept | pages with all | article | menu |\n|---|---|---|---|---|")
    for name, extract in ways().items():
        found = {kind: extract(html) for kind, html in PAGES.items()}
        kept = {kind: share(text, texts) for kind, text in found.items()}
        whole = sum(value == 1 for value in kept.values())
        rest = [sum(share(text, wanted) for text in found.values()) / len(found) for wanted in (ARTICLE, MENU)]
        mean = sum(kept.values()) / len(kept)
        print(f"| {name} | {mean:.3f} | {whole} of {len(kept)} | {rest[0]:.3f} | {rest[1]:.3f} |")
        print("   lost: " + ", ".join(f"{kind} {1 - value:.2f}" for kind, value in kept.items() if value < 1))


if __name__ == "__main__":
    main()
