//! The frame of a page: its style, and what is safe to put into it.

use crate::figures::picture::Picture;

/// Readable at 390 and at 1,200 pixels, on light and on dark screens; all text has a contrast of
/// 4.5 or more.
const STYLE: &str = "
:root { color-scheme: light dark; --ink: #222; --muted: #5c5c5c; --page: #f6f6f3; --card: #fdfdfb; --line: #d8d8d3; --link: #00568a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e4; --muted: #b0b0aa; --page: #17181a; --card: #212326; --line: #3d4044; --link: #7cc4f0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.55 'DejaVu Sans', Verdana, system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.1rem 4rem; }
main.wide { max-width: 74rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2.4rem 0 .6rem; }
p { margin: .6rem 0; }
.claim { font-size: 1.15rem; }
.note { color: var(--muted); font-size: .9rem; }
a { color: var(--link); }
code, pre { font: .85rem/1.5 'DejaVu Sans Mono', ui-monospace, monospace; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; width: 100%; }
th, td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.hash { overflow-wrap: anywhere; }
figure { margin: .8rem 0; }
figure svg { display: block; width: 100%; max-width: 40rem; height: auto; border: 1px solid var(--line); border-radius: 6px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 2.5rem; }
.figures section { min-width: 0; }
";

/// A whole page.
pub(super) fn page(title: &str, body: &str, is_wide: bool) -> String {
    let class = if is_wide { " class=\"wide\"" } else { "" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main{class}>\n{body}</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

/// A picture within a page.
pub(super) fn figure(picture: &Picture, what: &str) -> String {
    let svg = picture.svg().replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{}\" ", escaped(what)),
        1,
    );
    format!("<figure>\n{svg}</figure>\n")
}

/// A table; columns whose header is in `numbers` are aligned to the right.
pub(super) fn table(header: &[&str], numbers: &[&str], rows: &[Vec<String>]) -> String {
    let class = |name: &str| {
        if numbers.contains(&name) {
            " class=\"number\""
        } else {
            ""
        }
    };
    let head: String = header
        .iter()
        .map(|name| format!("<th{}>{}</th>", class(name), escaped(name)))
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(header)
            .map(|(cell, name)| format!("<td{}>{cell}</td>", class(name)));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let body: String = rows.iter().map(line).collect();
    format!("<div class=\"scroll\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n")
}

/// A text that stays text.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_file_cannot_put_markup_into_a_page() {
        assert_eq!(escaped("<script>'&\""), "&lt;script&gt;&#39;&amp;&quot;");
    }
}
