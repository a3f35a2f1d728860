//! Tables on terminals that are too narrow for their columns: each row is a few lines.

use unicode_width::UnicodeWidthStr as _;

use super::{DEFAULT_WIDTH, Table, Terminal};

/// Blanks before the lines of a row that follow its first.
const INDENT: usize = 2;

impl Table {
    /// The rows as lines, where the table asks for that and the terminal is that narrow.
    pub(super) fn stacked_on(&self, terminal: &Terminal) -> Option<String> {
        let width = terminal.width.unwrap_or(DEFAULT_WIDTH);
        let stacked = self.stacked.filter(|stacked| terminal.stdout && width < stacked.below)?;
        let names = self.header.iter().skip(stacked.together);
        let label = names.map(|name| name.width()).max().unwrap_or(0);
        let mut text = String::new();
        for (paint, cells) in &self.rows {
            let filled = |cells: &[String]| -> Vec<String> {
                cells.iter().filter(|cell| !cell.is_empty()).cloned().collect()
            };
            let (first, others) = cells.split_at(stacked.together.min(cells.len()));
            let mut lines = terminal.wrap(&filled(first).join("  "), INDENT);
            for (place, cell) in others.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let name = self.header.get(stacked.together + place).map_or("", String::as_str);
                let blanks = " ".repeat(label.saturating_sub(name.width()));
                let line = format!("{}{name}{blanks}  {cell}", " ".repeat(INDENT));
                lines.push_str(&terminal.wrap(&line, INDENT + label + 2));
            }
            for line in lines.lines() {
                text.push_str(&paint.map_or_else(|| line.to_owned(), |paint| terminal.paint(paint, line)));
                text.push('\n');
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use crate::terminal::{Paint, Table, Terminal};

    fn table() -> Table {
        let mut table =
            Table::new(&["verdict", "component", "where", "finding"]).stacked_below(60, 2).whole(3);
        table
            .painted_row(Paint::Alarm, ["match", "Endpoint Security 10", "fleet.csv, row 3", "f01823c21258"]);
        table.row(["possible", "tool", "", "c44ef0e35988"]);
        table
    }

    fn terminal(width: u16) -> Terminal {
        Terminal { stdout: true, width: Some(width), ..Terminal::none() }
    }

    #[test]
    fn rows_are_stacked_on_a_terminal_of_59_columns_and_a_table_on_one_of_60() {
        assert_eq!(
            table().render(&terminal(59)),
            "match  Endpoint Security 10\n\
            \u{20} where    fleet.csv, row 3\n\
            \u{20} finding  f01823c21258\n\
             possible  tool\n\
            \u{20} finding  c44ef0e35988\n"
        );
        assert!(table().render(&terminal(60)).starts_with("verdict"));
        assert!(table().render(&Terminal::none()).starts_with("verdict"));
    }

    #[test]
    fn no_line_of_a_stacked_row_is_wider_than_the_terminal_and_all_have_its_colour() {
        for width in [24, 30, 40] {
            let text = table().render(&Terminal { colour: true, ..terminal(width) });
            let lines: Vec<&str> = text.lines().take_while(|line| !line.contains("possible")).collect();
            assert!(lines.len() >= 3 && lines.iter().all(|line| line.starts_with("\u{1b}[")), "{text}");
            let plain = table().render(&terminal(width));
            assert!(plain.lines().all(|line| line.len() <= usize::from(width)), "{plain}");
        }
    }

    #[test]
    fn what_is_whole_is_never_broken() {
        for width in [60, 64, 80] {
            assert!(table().render(&terminal(width)).contains("f01823c21258"), "{width}");
        }
    }
}
