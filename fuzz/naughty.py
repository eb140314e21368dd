"""Texts nobody would write and every crawl holds: our own list of naughty strings, and texts of any size."""

from __future__ import annotations

from collections.abc import Callable

# One of each kind that has broken programs that read text: what is empty, what is not a number, what commands, what
# moves the cursor, what joins or turns characters, what looks like markup, what stands at the borders of an encoding.
NAUGHTY = (
    "", " ", "\t", "\n", "\r", "\r\n", "\n\r", "\0", "\x00\x00", "\x01\x02\x03",
    "\x1b[2J\x1b[31m", "\x07", "\x7f", "\x85",
    "null", "None", "nil", "undefined", "NaN", "-NaN", "Infinity", "-inf", "true",
    "1e309", "1E+02", "0x0", "-0.0", "007",
    "1/0", "9" * 400, "1,000,000.00", "1.2.3.4", "::1", "2038-01-19T03:14:08Z", "$1.00",
    "½", "٣٤٥", "１２３", "߀߁", "ⅷ",
    ".", "..", "...", ". . .", "…", "?!?!", "¿¡", "'", '"', "''", '""', "'\"'", "`", "“",
    "”", "‘’", "«»", "„“", "‹›",
    "--", "—–—", "- - -", "()", ")(", "[[", "{{}}", "<>", "&&", "||", "\\", "\\\\", "\\n",
    "\\u0000", "\\ud800", "%s%n%x",
    "%d", "{0}", "${HOME}", "$(reboot)", "`id`", ";ls", "| cat", "> /dev/null",
    "' OR 1=1 --", "<script>x()</script>",
    "<!--", "]]>", "&lt;&amp;&#0;&#x110000;", "<?xml", "<a href='javascript:x'>",
    "http://a.b/?c=d&e", "a@b.c", "www.x",
    "../../../etc/passwd", "C:\\CON", "file:///dev/zero", "a/b\\c:d*e?f", "-rf", "--help",
    "-", "~", "~root", "con.txt",
    "Mr.", "Mr. ", "U.S.", "U.S. Army", "e.g. this", "a.m. Then", "J. R. R. T.",
    "No. 4. Next", "3. 4. 5.", "A. B? C!",
    "isn't", "rock'n'roll", "'tis", "O'Neil", "l’été", "don”t",
    "“Stop!” he said.", '("Who?")', "said he.”. . .",
    "ÀÉÎõü", "A\u0300E\u0301I\u0302", "ﬀﬁﬂ", "ẞß", "ıİiI", "ΑΒΓς", "Жж", "中文。字！", "日本語？",
    "한국어", "ไทย", "हिन्दी",
    "עברית", "العربية", "\u202eevil\u202c", "\u2066a\u2069", "\u200f\u200e", "\u061c", "\u202a\u202b\u202d",
    "\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u3000",
    "\u1680", "\u2003", "\u205f",
    "\u2028", "\u2029", "\v", "\f", "\x1c\x1d\x1e\x1f", "\ufffd", "\ufffe", "\uffff",
    "\U0010ffff", "\U000e0001\U000e0020",
    "\ud800", "\udfff", "\ud83d", "\ude00", "\ude00\ud83d", "a\ud800b", "\ud800\n\udc00",
    "\udc80\udcff", "\ue000\uf8ff",
    "😀", "👩\u200d👩\u200d👧\u200d👦", "🇦🇧🇨", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "😀. 😀", "@😀",
    "#️⃣", "☃", "𝕳𝖊𝖑𝖑𝖔", "𠜎𠜱", "🀄🃏",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0363\u034al\u0357\u0352g\u0350\u0369o\u0340",
    "\u0300", "\u0301\u0301", "\u20dd",
    "ａｂｃ", "ᴀʙᴄ", "ʇxǝʇ", "\u0bcc\u0e33\u0e4d", "\u1f600", "\u2163", "№ ℡ ™", "ǅ",
    "\u01c4", "ﷺ", "\u0600\u06dd",
    "LOL!!!", "first", "Reply", "Share this", "By A. Writer", "12 Comments",
    "5 hours ago", "@gull77", "> quoted", ">>", "* * *",
)  # fmt: skip


def _prose(n: int) -> str:
    return "The board met on Monday, its chairman said. It was a disgrace! Who pays? lol\n" * (n // 77 + 1)


# Texts of about ``n`` characters, each a shape that costs some splitter or other the square of its size.
GROWING: dict[str, Callable[[int], str]] = {
    "prose": lambda n: _prose(n)[:n],
    "one word": lambda n: "a" * n,
    "one line": lambda n: "word " * (n // 5),
    "one sentence of commas": lambda n: "so, " * (n // 4),
    "periods": lambda n: "." * n,
    "spaced periods": lambda n: ". " * (n // 2),
    "abbreviations": lambda n: "U.S. Mr. e.g. " * (n // 14),
    "initials": lambda n: "A. B. " * (n // 6),
    "alternating marks": lambda n: "?!" * (n // 2),
    "opening quotes": lambda n: '"' * n,
    "spaced quotes": lambda n: '. "' * (n // 3),
    "curly quotes": lambda n: "“a” " * (n // 4),
    "brackets": lambda n: "(" * (n // 2) + ")" * (n // 2),
    "line breaks": lambda n: "\n" * n,
    "returns": lambda n: "\r" * n,
    "short lines": lambda n: "a\n" * (n // 2),
    "blank lines": lambda n: "a\n\n\n\n" * (n // 5),
    "separators": lambda n: "a\u2028b\u2029" * (n // 4),
    "blanks": lambda n: " " * n,
    "wide blanks": lambda n: "\u3000x" * (n // 2),
    "combining": lambda n: "e" + "\u0301" * n,
    "combining runs": lambda n: ("a" + "\u0300" * 9999) * (n // 10000 + 1),
    "zero width": lambda n: "a\u200b" * (n // 2),
    "right to left": lambda n: "עברית العربية. " * (n // 15),
    "turned around": lambda n: "\u202ea" * (n // 2),
    "astral": lambda n: "😀 " * (n // 2),
    "families": lambda n: "👩\u200d👩\u200d👧 " * (n // 6),
    "surrogates": lambda n: "\ud800a" * (n // 2),
    "ideographs": lambda n: "中文。" * (n // 3),
    "nulls": lambda n: "\0" * n,
    "digits": lambda n: "1" * n,
    "the same heading": lambda n: "Reply\nShare\n" * (n // 12),
    "trail": lambda n: "gull77 wrote: lol no\n5 hours ago\n" * (n // 33),
    "different words": lambda n: " ".join(f"w{i}x{i * 7919 % 10007}" for i in range(n // 12)),
}
