//! Tables that fit the terminal.
//!
//! On a terminal, cells wrap so that no line is wider than it, and a line stands under the header. Elsewhere columns
//! are aligned, nothing wraps and nothing is drawn. A table may ask to be [stacked](Table::stacked_below) where a terminal is
//! too narrow for its columns. Every cell goes through [`escape_control`].
//!
//! Not here: rows for programs. Those are JSON, JSON Lines, CSV or TSV, never a table.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle};

use super::{DEFAULT_WIDTH, Paint, Terminal, escape_control};

/// Stands between the rows while they are laid out, because a wrapped row is several lines; then it is taken out. No
/// cell can hold it: it would have been escaped.
const ROW_END: char = '\u{1}';

/// Rows under a header.
#[derive(Debug, Clone)]
pub struct Table {
    pub(super) header: Vec<String>,
    right: Vec<usize>,
    whole: Vec<usize>,
    pub(super) stacked: Option<Stacked>,
    pub(super) rows: Vec<(Option<Paint>, Vec<String>)>,
}

/// When and how rows are stacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stacked {
    /// Terminals of fewer columns than this.
    pub below: u16,
    /// How many of the first cells stand together on the first line of a row.
    pub together: usize,
}

impl Table {
    /// A table with these columns and no rows.
    pub fn new(header: &[&str]) -> Self {
        Self {
            header: header.iter().map(|text| (*text).to_owned()).collect(),
            right: Vec::new(),
            whole: Vec::new(),
            stacked: None,
            rows: Vec::new(),
        }
    }

    /// Puts the text of a column (counted from 0) at its right edge: for numbers.
    #[must_use]
    pub fn right_aligned(mut self, column: usize) -> Self {
        self.right.push(column);
        self
    }

    /// Never breaks what stands in a column (counted from 0): for what people copy.
    #[must_use]
    pub fn whole(mut self, column: usize) -> Self {
        self.whole.push(column);
        self
    }

    /// On a terminal of fewer columns than `below`, each row is a few lines and no table: its first `together` cells, then each
    /// of the others after the name of its column. Empty ones are left out.
    #[must_use]
    pub const fn stacked_below(mut self, below: u16, together: usize) -> Self {
        self.stacked = Some(Stacked { below, together });
        self
    }

    /// Adds a row. Cells beyond the header's are shown too; missing ones are empty.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.push(None, cells);
    }

    /// Adds a row in a colour.
    pub fn painted_row<T: AsRef<str>>(&mut self, paint: Paint, cells: impl IntoIterator<Item = T>) {
        self.push(Some(paint), cells);
    }

    fn push<T: AsRef<str>>(&mut self, paint: Option<Paint>, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter().map(|cell| escape_control(cell.as_ref()).into_owned()).collect();
        self.rows.push((paint, cells));
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines of the table, each with its line break; without rows, nothing.
    pub fn render(&self, terminal: &Terminal) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        if let Some(stacked) = self.stacked_on(terminal) {
            return stacked;
        }
        let mut paints = self.rows.iter().map(|(paint, _)| *paint);
        let mut paint = Some(Paint::Strong);
        let mut in_header = true;
        let mut rendered = String::new();
        for line in self.laid_out(terminal).lines() {
            let line = line.trim_end();
            if line.starts_with(ROW_END) {
                if in_header && terminal.stdout {
                    let rule = if terminal.unicode { "─" } else { "-" };
                    rendered.push_str(&terminal.paint(Paint::Faint, &rule.repeat(line.chars().count())));
                    rendered.push('\n');
                }
                in_header = false;
                paint = paints.next().flatten();
                continue;
            }
            match paint {
                Some(paint) => rendered.push_str(&terminal.paint(paint, line)),
                None => rendered.push_str(line),
            }
            rendered.push('\n');
        }
        rendered
    }

    fn laid_out(&self, terminal: &Terminal) -> comfy_table::Table {
        let end = LineStyle::none().fill(ROW_END).junction(ROW_END);
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new().header_separator(end).row_separator(end));
        if terminal.stdout {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(terminal.width.unwrap_or(DEFAULT_WIDTH));
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.set_header(&self.header);
        for (_, cells) in &self.rows {
            table.add_row(cells.iter().map(Cell::new));
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 1));
            if self.whole.contains(&place) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
            if self.right.contains(&place) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["directive", "title", "days"]).right_aligned(2);
        table.row(["BOD-17-01", "Removal of Kaspersky-branded products", "90"]);
        table.painted_row(Paint::Alarm, ["BOD-19-02", "Vulnerability remediation", "5"]);
        table
    }

    fn terminal(width: u16) -> Terminal {
        Terminal { stdout: true, width: Some(width), ..Terminal::none() }
    }

    #[test]
    fn in_a_pipe_columns_are_aligned_and_nothing_wraps() {
        assert_eq!(
            table().render(&Terminal::none()),
            "directive  title                                  days\n\
             BOD-17-01  Removal of Kaspersky-branded products    90\n\
             BOD-19-02  Vulnerability remediation                 5\n"
        );
    }

    #[test]
    fn on_a_terminal_no_line_is_wider_than_it() {
        for width in [30, 40, 60, 80, 200] {
            let rendered = table().render(&terminal(width));
            assert!(
                rendered.lines().all(|line| line.chars().count() <= usize::from(width)),
                "{width}\n{rendered}"
            );
        }
        assert_eq!(
            table().render(&terminal(40)),
            "directive  title              days\n\
             -----------------------------------\n\
             BOD-17-01  Removal of           90\n\
            \u{20}          Kaspersky-branded\n\
            \u{20}          products\n\
             BOD-19-02  Vulnerability         5\n\
            \u{20}          remediation\n"
        );
    }

    #[test]
    fn a_row_keeps_its_colour_over_all_its_lines() {
        let rendered = table().render(&Terminal { colour: true, unicode: true, ..terminal(40) });
        let red: Vec<&str> = rendered.lines().filter(|line| line.contains("\u{1b}[31m")).collect();
        assert_eq!(red.len(), 2, "{rendered}");
        assert!(rendered.lines().nth(1).is_some_and(|line| line.contains("────")), "{rendered}");
    }

    #[test]
    fn a_cell_cannot_break_out_of_its_line() {
        let mut table = Table::new(&["a", "b"]);
        table.row(["one\ntwo", "\u{1b}[2J\u{1}"]);
        assert_eq!(table.render(&Terminal::none()), "a            b\none\\u{a}two  \\u{1b}[2J\\u{1}\n");
    }

    #[test]
    fn a_table_without_rows_is_nothing() {
        assert_eq!(Table::new(&["a"]).render(&Terminal::none()), "");
    }
}
