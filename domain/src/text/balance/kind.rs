//! The kinds of elements, and which of them hold which.

/// How an element takes part in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Flows within a line.
    Inline,
    /// Flows within a line and holds nothing.
    Void,
    /// A thematic break.
    Rule,
    Paragraph,
    Heading,
    /// A list: `ul`, `ol`, `dl`.
    List,
    /// What stands in a list: `li`, `dt`, `dd`.
    Item,
    /// Any other block.
    Block,
    Table,
    Caption,
    /// `thead`, `tbody`, `tfoot`.
    RowGroup,
    Row,
    Cell,
}

/// The kind of an allowed element.
pub(super) fn kind(name: &str) -> Kind {
    match name {
        "br" | "img" | "wbr" => Kind::Void,
        "hr" => Kind::Rule,
        "p" => Kind::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "ul" | "ol" | "dl" => Kind::List,
        "li" | "dt" | "dd" => Kind::Item,
        "blockquote" | "pre" | "figure" | "figcaption" => Kind::Block,
        "table" => Kind::Table,
        "caption" => Kind::Caption,
        "thead" | "tbody" | "tfoot" => Kind::RowGroup,
        "tr" => Kind::Row,
        "td" | "th" => Kind::Cell,
        _ => Kind::Inline,
    }
}

/// Elements that are not kept, but that set their content apart from its surroundings.
pub(super) fn sets_apart(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "button"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "noscript"
            | "ol"
            | "optgroup"
            | "option"
            | "search"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "caption"
    )
}

/// Whether an open element of kind `open` keeps an end tag of kind `ended` from reaching further.
pub(super) fn holds_against(open: Kind, ended: Kind) -> bool {
    match ended {
        Kind::Table => false,
        Kind::RowGroup | Kind::Row | Kind::Cell | Kind::Caption => open == Kind::Table,
        Kind::Inline => !matches!(open, Kind::Inline | Kind::Paragraph | Kind::Heading),
        Kind::Paragraph => open != Kind::Inline,
        Kind::Item => open == Kind::List || is_table_part(open),
        _ => is_table_part(open),
    }
}

fn is_table_part(kind: Kind) -> bool {
    matches!(kind, Kind::Cell | Kind::Caption) || is_table_frame(kind)
}

/// The parts of a table that hold no text themselves.
pub(super) fn is_table_frame(kind: Kind) -> bool {
    matches!(kind, Kind::Table | Kind::RowGroup | Kind::Row)
}
