//! The frame of a page: its style, its tables and its pictures.

use maud::{html, Markup, PreEscaped, DOCTYPE};

use crate::figures::chart::picture::Picture;

/// Readable at 390 and at 1,200 pixels, on light and on dark screens; all text has a contrast of
/// 4.5 or more.
const STYLE: &str = include_str!("page.css");

/// A whole page.
pub(super) fn page(title: &str, is_wide: bool, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class=[is_wide.then_some("wide")] { (body) }
            }
        }
    };
    page.into_string()
}

/// A picture within a page. Its SVG is drawn by us, and its texts are escaped there.
pub(super) fn figure(picture: &Picture, what: &str) -> Markup {
    let drawing = picture.svg().trim_start_matches("<svg ");
    html! {
        figure {
            (PreEscaped("<svg role=\"img\" aria-label=\""))
            (what)
            (PreEscaped("\" "))
            (PreEscaped(drawing))
        }
    }
}

/// A table; columns whose header is in `numbers` are aligned to the right.
pub(super) fn table(header: &[&str], numbers: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        @for name in header {
                            th class=[alignment(numbers, name)] { (name) }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            @for (cell, name) in row.iter().zip(header) {
                                td class=[alignment(numbers, name)] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn alignment(numbers: &[&str], column: &str) -> Option<&'static str> {
    numbers.contains(&column).then_some("number")
}

/// Text in a cell of a table.
pub(super) fn text(text: &str) -> Markup {
    html! { (text) }
}

/// A link to a file beside the page.
pub(super) fn link(path: &str) -> Markup {
    html! { a href=(address(path)) { (path) } }
}

/// The relative address of a file: what has a meaning in addresses is written as bytes (RFC 3986,
/// section 2.1), so that no name of a file becomes a scheme, a query or a fragment.
pub(super) fn address(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address += &format!("%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{link, page, table, text};

    #[test]
    fn a_file_cannot_put_markup_into_a_page() {
        let hostile = "<script>\"&";
        let cell = table(&[hostile], &[], &[vec![text(hostile)]]);
        let page = page(hostile, false, &cell);
        assert!(!page.contains("<script"));
        assert_eq!(page.matches("&lt;script&gt;").count(), 3);
    }

    #[test]
    fn a_name_cannot_become_a_scheme_or_leave_its_attribute() {
        let link = link("javascript:\"alert(1)").into_string();
        assert!(
            link.starts_with("<a href=\"javascript%3A%22alert%281%29\">"),
            "{link}"
        );
    }
}
