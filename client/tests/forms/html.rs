//! The page.

use super::fixtures::everything;

fn page(inventories: &[&str]) -> String {
    everything().run(&[&["check"], inventories, &["--format", "html"]].concat()).stdout
}

#[test]
fn hostile_words_are_text_and_the_page_needs_nothing_else() {
    let page = page(&["fleet.csv", "broken.cdx.json"]);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&amp;amp;&quot;"));
    for markup in ["<script", "<b>", "<img", "<a ", "<link", "src=", "href=", " on", "url("] {
        let places: Vec<_> = page.match_indices(markup).filter(|(_, found)| *found != " on").collect();
        assert!(places.is_empty(), "{markup}");
    }
}

#[test]
fn every_table_has_a_caption_and_every_header_says_what_it_heads() {
    let page = page(&["fleet.csv", "broken.cdx.json"]);
    assert_eq!(page.matches("<table>").count(), page.matches("<caption>").count());
    let headers = page.matches("<th ").count();
    let scoped = page.matches("<th scope=\"col\">").count() + page.matches("<th scope=\"row\">").count();
    assert!(headers > 20 && !page.contains("<th>"));
    assert_eq!(headers, scoped);
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[test]
fn the_headline_calls_nothing_clean_that_could_not_be_seen() {
    let whole = page(&["clean.csv"]);
    assert!(whole.contains("<strong>Nothing outstanding was found</strong>"), "{whole}");
    let partly = page(&["clean.csv", "nowhere"]);
    assert!(
        partly.contains("<strong>Nothing outstanding was found, and not everything could be seen</strong>")
    );
    assert!(page(&["fleet.csv"]).contains("<strong>5 findings are outstanding on 3 assets</strong>"));
}
