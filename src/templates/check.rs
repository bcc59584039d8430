//! What a template may be. It is looked at before it is compiled, for nesting alone can exhaust a parser's stack,
//! and again as a tree, so that nothing but values, `if`, `unless` and a few plain helpers is ever run (R16).

use std::collections::BTreeSet;

use handlebars::{
    Template,
    template::{HelperTemplate, Parameter, TemplateElement},
};

/// The most bytes of one part of a template.
pub const LARGEST: usize = 256 * 1024;

/// The most tags in one part. The compiler counts lines anew for each.
const MOST_TAGS: usize = 500;

/// How deep blocks and brackets may stand in one another.
const DEEPEST: usize = 12;

/// Blocks that may be used. None of them repeats, so a template takes time in proportion to its length.
const BLOCKS: [&str; 2] = ["if", "unless"];

/// Helpers that may be used.
const HELPERS: [&str; 8] = ["default", "url", "eq", "ne", "and", "or", "not", "if"];

/// What mail programs do not show, and what no mail of ours shall have.
const NOT_IN_MAIL: [&str; 6] = ["<script", "<iframe", "<object", "<embed", "<form", "javascript:"];

/// Checks one part of a template. Tells the names of the values that it uses, or what is wrong with it and
/// what to do.
pub fn part(source: &str) -> Result<BTreeSet<String>, String> {
    before(source)?;
    let template = Template::compile(source).map_err(|error| words(&error))?;
    let mut names = BTreeSet::new();
    walk(&template, &mut names)?;
    Ok(names)
}

/// Checks the HTML part for what no mail may have.
pub fn mail_html(source: &str) -> Result<(), String> {
    let lower = source.to_ascii_lowercase();
    match NOT_IN_MAIL.into_iter().find(|word| lower.contains(word)) {
        Some(word) => Err(format!("has {word:?}, which mail programs do not run: take it out")),
        None => Ok(()),
    }
}

fn words(error: &handlebars::TemplateError) -> String {
    let place = error.pos().map(|(line, column)| format!("line {line}, column {column}: "));
    let reason = error.reason().to_string();
    let reason = reason.lines().find(|line| !line.trim().is_empty()).unwrap_or("not understood");
    format!("{}{}", place.unwrap_or_default(), reason.trim().trim_start_matches("= "))
}

/// What can be told without the compiler.
fn before(source: &str) -> Result<(), String> {
    if source.len() > LARGEST {
        return Err(format!("is larger than {} KiB", LARGEST / 1024));
    }
    if source.contains('\0') {
        return Err("holds a character that cannot be seen".to_owned());
    }
    let (mut tags, mut open) = (0_usize, 0_usize);
    for (at, _) in source.match_indices("{{") {
        tags += 1;
        let tag = source[at + 2..].trim_start_matches(['~', ' ', '\t', '\r', '\n']);
        match tag.as_bytes().first() {
            Some(b'{' | b'&') => {
                return Err("has a value with {{{ or {{&: write it with two braces, \
                            values are always made safe for the part they stand in"
                    .to_owned());
            }
            Some(b'>' | b'*') => return Err(no_partials()),
            Some(b'#') => {
                open += 1;
                if matches!(tag.as_bytes().get(1), Some(b'>' | b'*')) {
                    return Err(no_partials());
                }
            }
            Some(b'/') => open = open.saturating_sub(1),
            _ => {}
        }
        let end = tag.find("}}").unwrap_or(tag.len()).min(4_000);
        let brackets = tag.get(..end).unwrap_or(tag).matches('(').count();
        if open > DEEPEST || brackets > DEEPEST {
            return Err(format!("has more than {DEEPEST} blocks or brackets in one another"));
        }
    }
    if tags > MOST_TAGS {
        return Err(format!("has more than {MOST_TAGS} tags"));
    }
    Ok(())
}

fn no_partials() -> String {
    "uses another template ({{>}} or {{*}}), which is not possible: write it out".to_owned()
}

fn walk(template: &Template, names: &mut BTreeSet<String>) -> Result<(), String> {
    for element in &template.elements {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(tag) => expression(tag, names)?,
            TemplateElement::HelperBlock(block) => {
                let name = block.name.as_name().unwrap_or_default();
                if !BLOCKS.contains(&name) {
                    return Err(format!(
                        "uses {{{{#{name}}}}}: only {{{{#if}}}} and {{{{#unless}}}} are possible"
                    ));
                }
                parameters(block, names)?;
                for inner in [&block.template, &block.inverse].into_iter().flatten() {
                    walk(inner, names)?;
                }
            }
            // `{{{` never comes so far.
            _ => return Err(no_partials()),
        }
    }
    Ok(())
}

fn expression(tag: &HelperTemplate, names: &mut BTreeSet<String>) -> Result<(), String> {
    let name = tag.name.as_name().unwrap_or_default();
    if tag.params.is_empty() && tag.hash.is_empty() {
        return value(name, names);
    }
    helper(name)?;
    parameters(tag, names)
}

fn helper(name: &str) -> Result<(), String> {
    if HELPERS.contains(&name) {
        return Ok(());
    }
    Err(format!("uses {name:?} as a helper; there are {}", HELPERS[..7].join(", ")))
}

fn value(name: &str, names: &mut BTreeSet<String>) -> Result<(), String> {
    if name.is_empty() || name.starts_with(['@', '.']) || name == "this" || name.contains("..") {
        return Err(format!("uses {name:?}, which is no value"));
    }
    names.insert(name.to_owned());
    Ok(())
}

fn parameters(tag: &HelperTemplate, names: &mut BTreeSet<String>) -> Result<(), String> {
    tag.params.iter().chain(tag.hash.values()).try_for_each(|given| parameter(given, names))
}

fn parameter(given: &Parameter, names: &mut BTreeSet<String>) -> Result<(), String> {
    match given {
        Parameter::Literal(_) => Ok(()),
        Parameter::Name(_) | Parameter::Path(_) => {
            value(given.as_name().unwrap_or_default(), names)
        }
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(tag) => {
                helper(tag.name.as_name().unwrap_or_default())?;
                parameters(tag, names)
            }
            _ => Err("has brackets that are not understood".to_owned()),
        },
        _ => Err("has a part that is not understood".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        part(source).unwrap().into_iter().collect()
    }

    #[test]
    fn values_are_found_wherever_they_stand() {
        assert_eq!(names("Halo {{name}}"), ["name"]);
        assert_eq!(
            names(
                "{{#if city}}{{city}}{{else}}{{default company 'x'}}{{/if}}{{#unless (eq language 'id')}}{{url email}}{{/unless}}"
            ),
            ["city", "company", "email", "language"]
        );
        assert_eq!(names("{{fields.kelas}} {{fields.[warna kesukaan]}}").len(), 2);
    }

    #[test]
    fn r16_a_template_reads_no_file_repeats_nothing_and_calls_nothing_else() {
        for refused in [
            "{{> /etc/passwd}}",
            "{{#> x}}{{/x}}",
            "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}",
            "{{* decorate}}",
            "{{#each fields}}x{{/each}}",
            "{{#with fields}}{{x}}{{/with}}",
            "{{lookup fields 'x'}}",
            "{{log 'x'}}",
            "{{env 'HOME'}}",
            "{{{name}}}",
            "{{& name}}",
            "{{~{name}~}}",
            "{{@root}}",
            "{{../name}}",
            "{{this}}",
            "{{name",
            "{{#if a}}",
        ] {
            assert!(part(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn r16_depth_and_size_are_bounded_before_anything_is_compiled() {
        let deep = format!("{}{}", "{{#if a}}".repeat(20_000), "{{/if}}".repeat(20_000));
        assert!(part(&deep).is_err());
        let brackets = format!("{{{{default {}a{}}}}}", "(not ".repeat(20_000), ")".repeat(20_000));
        assert!(part(&brackets).is_err());
        assert!(part(&"x".repeat(LARGEST + 1)).is_err());
        assert!(part(&"{{name}}".repeat(MOST_TAGS + 1)).is_err());
        assert!(part(&"{{name}}".repeat(MOST_TAGS)).is_ok());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let why = part("Halo\n{{#if a}}x{{/unless}}").unwrap_err();
        assert!(why.contains("line"), "{why}");
    }

    #[test]
    fn r16_scripts_and_forms_are_no_part_of_a_mail() {
        assert!(mail_html("<p>Halo</p><SCRIPT src=x></script>").is_err());
        assert!(mail_html("<a href=\"JavaScript:alert(1)\">x</a>").is_err());
        assert!(mail_html("<table><tr><td style=\"color:red\">Halo</td></tr></table>").is_ok());
    }
}
