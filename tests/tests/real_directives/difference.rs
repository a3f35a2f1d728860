//! The lines in which two pages differ.

/// The lines that go, after `- `, and those that come, after `+ `, in the order of the pages.
pub fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    // The length of the longest common sequence of lines from each place on.
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for (one, line) in before.iter().enumerate().rev() {
        for (other, found) in after.iter().enumerate().rev() {
            common[one][other] = if line == found {
                common[one + 1][other + 1] + 1
            } else {
                common[one + 1][other].max(common[one][other + 1])
            };
        }
    }
    let (mut one, mut other) = (0, 0);
    let mut lines = String::new();
    while one < before.len() || other < after.len() {
        if one < before.len() && other < after.len() && before[one] == after[other] {
            (one, other) = (one + 1, other + 1);
        } else if other == after.len()
            || (one < before.len() && common[one + 1][other] >= common[one][other + 1])
        {
            lines.extend(["- ", before[one], "\n"]);
            one += 1;
        } else {
            lines.extend(["+ ", after[other], "\n"]);
            other += 1;
        }
    }
    lines
}

#[test]
fn the_lines_that_go_and_come_are_told_and_the_others_are_not() {
    assert_eq!(difference("a\nb\nc\n", "a\nb\nc\n"), "");
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "- b\n+ x\n+ d\n");
    assert_eq!(difference("", "a\n"), "+ a\n");
}
